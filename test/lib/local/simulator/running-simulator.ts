/** A simulator for one test, with a clock that stands still, and short ways to talk to it. */
import { onTestFinished } from "vitest";
import {
  type MagicHourSimulator,
  type MagicHourSimulatorOptions,
  startMagicHourSimulator,
} from "../../../../lib/local/simulator/magic-hour-simulator.ts";
import type { AudioProjectBody } from "../../../../lib/local/simulator/simulated-project.ts";

/** The moment at which every test's clock stands first. */
export const startOfTest = Date.parse("2026-08-22T10:00:00.250Z");

/** A simulator that is closed when the test ends, and its clock. */
export async function runSimulator(options: MagicHourSimulatorOptions = {}) {
  const clock = { now: startOfTest, pass: (seconds: number) => (clock.now += seconds * 1000) };
  const simulator = await startMagicHourSimulator({ now: () => clock.now, ...options });
  onTestFinished(() => simulator.close());
  return { simulator, clock };
}

/** Sends a request to the API with the right key. */
export function call(simulator: MagicHourSimulator, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(simulator.url + path, { ...init, headers: { authorization: `Bearer ${simulator.apiKey}` } });
}

/** GETs a project that is there. */
export async function getProject(simulator: MagicHourSimulator, id: string): Promise<AudioProjectBody> {
  const response = await call(simulator, `/v1/audio-projects/${id}`);
  if (response.status !== 200) throw new Error(`GET answered ${response.status}`);
  return (await response.json()) as AudioProjectBody;
}

/** A plan without waiting. */
export const atOnce = { queuedSeconds: 0, renderingSeconds: 0 } as const;

/** The download URL of one output of a complete project. */
export async function downloadUrl(simulator: MagicHourSimulator, id: string, index = 0): Promise<string> {
  const url = (await getProject(simulator, id)).downloads[index]?.url;
  if (url === undefined) throw new Error(`project ${id} has no download ${index}`);
  return url;
}

/** The bytes that the simulator holds for an output. */
export async function outputBytes(simulator: MagicHourSimulator, id: string, index = 0): Promise<Buffer> {
  const audio = await simulator.output(id, index);
  return Buffer.concat([...audio.read()]);
}
