import type { TestProject } from "vitest/node";
import { type SynthesizedTransfer, synthesizeTransfer } from "../../lib/local/synthesized-transfer.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The synthesized workflow, for every test that runs transfers. */
    transfer: SynthesizedTransfer;
    /** The same of a stack that deletes remote projects some days after their copy. */
    retaining: SynthesizedTransfer;
  }
}

/** Synthesizes once before all tests: in each test file, loading the CDK would take longer than the tests. */
export default async function setup(project: TestProject): Promise<void> {
  project.provide("transfer", await synthesizeTransfer());
  project.provide("retaining", await synthesizeTransfer({ deleteAfterDays: 1 }));
}
