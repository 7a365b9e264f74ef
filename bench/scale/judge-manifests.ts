import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "../../functions/domain/manifest.ts";
import { localBucket } from "../../lib/local/embedded-cloud.ts";
import type { CreatedProjects } from "./vendor-program.ts";

/** What is wrong with what stands in the store: a sentence for each project; none is correct. */
export async function judgeManifests(directory: string, { ids, sha256 }: CreatedProjects): Promise<string[]> {
  const problems: string[] = [];
  for (const id of ids) {
    const problem = await problemOf(join(directory, localBucket), id, sha256).catch(String);
    if (problem) problems.push(`${id}: ${problem}`);
  }
  return problems;
}

async function problemOf(bucket: string, id: string, sha256: string): Promise<string | undefined> {
  const manifest: Manifest = JSON.parse(await readFile(join(bucket, "audio-projects", id, "manifest.json"), "utf8"));
  if (manifest.project.id !== id) return `its manifest is of ${manifest.project.id}`;
  const [receipt, ...others] = manifest.outputs;
  if (!receipt || others.length > 0) return `its manifest lists ${manifest.outputs.length} outputs`;
  const stored = await readFile(join(bucket, receipt.key));
  const isSame = createHash("sha256").update(stored).digest("hex") === sha256 && receipt.sha256 === sha256;
  return isSame && stored.length === receipt.bytes ? undefined : `${receipt.key} has other bytes`;
}
