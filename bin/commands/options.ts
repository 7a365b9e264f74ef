import { InvalidArgumentError, Option } from "commander";
import type { AudioFormat, ProjectPlan } from "../../lib/local/simulator/project-plan.ts";

/** A parser of a whole number within bounds, for commander. @throws {InvalidArgumentError} naming the bounds */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}.`);
  };
}

/** Options that plan a simulated project, shared by every command that has a simulator. */
export function simulationOptions(): Option[] {
  return [
    new Option("--prompt <text>", "text that the simulated audio is rendered from"),
    new Option("--outputs <n>", "number of outputs of the simulated project").argParser(wholeNumber(1, 100)).default(2),
    new Option("--end-in <status>", "status that the simulated project ends in, such as error or canceled").default(
      "complete",
    ),
  ];
}

/** What {@link simulationOptions} parse to. */
export interface SimulationOptions {
  /** Text to render. */
  readonly prompt?: string;
  /** Number of outputs. */
  readonly outputs: number;
  /** Final status. */
  readonly endIn: string;
}

/** The plan of a simulated project: its outputs are WAV and MP3 in turn. */
export function planOf({ prompt, outputs, endIn }: SimulationOptions): Partial<ProjectPlan> {
  const formats: AudioFormat[] = ["wav", "mp3"];
  return { outputs, formats, endIn, ...(prompt !== undefined && { prompt }) };
}
