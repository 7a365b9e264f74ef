/** Renders an output of a project when it is first wanted, and keeps it. */
import { createHash } from "node:crypto";
import { formatOf } from "../project-plan.ts";
import type { SimulatedProject } from "../simulated-project.ts";
import { babble, sampleRate } from "./babble.ts";
import { mp3File } from "./mp3.ts";
import type { RenderedAudio } from "./rendered-audio.ts";
import { wavFile } from "./wav.ts";

/** The output's audio, or undefined when the project has no output of that index. */
export async function renderOutput(project: SimulatedProject, index: number): Promise<RenderedAudio | undefined> {
  if (!Number.isInteger(index) || index < 0 || index >= project.plan.outputs) return undefined;
  const known = project.rendered.get(index);
  if (known !== undefined) return known;
  const rendering = render(project, index);
  project.rendered.set(index, rendering);
  return rendering;
}

/**
 * The output's strong ETag: a digest of everything the bytes are made from, so that it is known without reading a
 * gigabyte, and changes exactly when the bytes may.
 */
export function outputEtag(project: SimulatedProject, index: number): string {
  const { prompt, voiceName, sizeBytes } = project.plan;
  const source = JSON.stringify([project.id, index, formatOf(project.plan, index), prompt, voiceName, sizeBytes]);
  return `"${createHash("sha256").update(source).digest("hex").slice(0, 32)}"`;
}

async function render({ plan }: SimulatedProject, index: number): Promise<RenderedAudio> {
  const samples = babble({ prompt: plan.prompt, voiceName: plan.voiceName, index });
  return formatOf(plan, index) === "mp3" ? mp3File(samples, sampleRate) : wavFile(samples, sampleRate, plan.sizeBytes);
}
