/** What must hold after every run, whatever went wrong in it. */
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { passingErrorNames, terminalErrorNames } from "../../../functions/domain/errors.ts";
import type { Manifest } from "../../../functions/domain/manifest.ts";
import type { Receipt } from "../../../functions/domain/receipt.ts";
import { everythingIn } from "../everything-in.ts";
import { originSecret } from "../origin-project.ts";
import { factsOf } from "../transfer-expectations.ts";
import type { CopyRun } from "./copy-run.ts";
import { apiKey, bucket, type CopyWorld } from "./copy-world.ts";
import { type CopyEnd, isFinal } from "./drive-copy.ts";
import { mayPass } from "./may-pass.ts";
import { directoryOf, manifestKeyOf, outputKeyOf } from "./run-keys.ts";
import { bytesOf, etagOf } from "./source-bytes.ts";
import { sourceNameOf } from "./vendor-server.ts";

const names: readonly string[] = [...terminalErrorNames, ...passingErrorNames];

/** Throws with the run's journal unless the run kept every promise. */
export async function judgeCopy(run: CopyRun, ends: readonly CopyEnd[], world: CopyWorld): Promise<void> {
  const log = world.takeLog();
  const judge: Judge = (holds, promise) => {
    if (!holds) throw new Error(`${promise}\n\n${run.journal.join("\n")}\n`);
  };
  for (const { errors } of ends) judgeErrors(errors, judge);
  judge(!isTelling(JSON.stringify([log, ends.map(({ state }) => state)])), "no secret is logged or in the state");
  await judgeObjects(run, world, judge);
  const manifest = await judgeManifest(run, world, judge);
  for (const { state } of ends) {
    if (!state) continue;
    judge(manifest !== undefined, "a transfer that ended well has its manifest in S3");
    judge(isDeepStrictEqual(state.output?.outputs, manifest?.outputs), "its output lists what the manifest lists");
  }
  judgeUploads(run, world, judge);
  const isOver = ends.every(({ state, errors }) => state || isFinal(errors.at(-1)));
  judge(isOver, "when nothing goes wrong any more, a transfer comes to its end");
  const isWell = ends.every(({ state }) => state !== undefined);
  judge(isWell || !mayPass(run.scenario, world.maxOutputBytes), "what may pass does not fail a transfer for good");
}

type Judge = (holds: boolean, promise: string) => void;

const isTelling = (text: string) => text.includes(originSecret) || text.includes(apiKey);

function judgeErrors(errors: readonly unknown[], judge: Judge): void {
  for (const error of errors) {
    const name = error instanceof Error ? error.name : "";
    judge(names.includes(name), `an attempt ends with a named error, not with ${everythingIn(error)}`);
    judge(!isTelling(everythingIn(error)), `no secret is in an error: ${everythingIn(error)}`);
  }
}

/** Nothing stands but what was there, and exact versions; nothing was ever written over. */
async function judgeObjects(run: CopyRun, { written, state, maxOutputBytes }: CopyWorld, judge: Judge): Promise<void> {
  const keys = written.filter(({ key }) => key.startsWith(`${directoryOf(run)}/`)).map(({ key }) => key);
  judge(new Set(keys).size === keys.length, `nothing is written over: ${keys}`);
  for (const key of keys) {
    const body = await readFile(state.objects.pathOf(bucket, key));
    const foreign = run.foreign.get(key);
    if (foreign) judge(foreign.equals(body), `${key} is as another writer put it there`);
    else if (key !== manifestKeyOf(run)) {
      const index = run.scenario.outputs.findIndex((_, at) => outputKeyOf(run, at) === key);
      judge(index >= 0, `${key} is the key of an output`);
      judge(versionOf(run, index, body) !== undefined, `${key} holds the exact bytes of one version`);
      judge(body.length > 0 && body.length <= maxOutputBytes, `${key} is neither empty nor above the cap`);
    }
  }
}

/** Which version of a source these are, of those that it has had. */
function versionOf({ scenario, versions }: CopyRun, index: number, body: Buffer) {
  const output = scenario.outputs[index];
  return output && versions[index]?.find((version) => bytesOf(index, output, version).equals(body));
}

/** @returns the manifest of ours, if it stands; every receipt in it is true */
async function judgeManifest(run: CopyRun, world: CopyWorld, judge: Judge): Promise<Manifest | undefined> {
  const key = manifestKeyOf(run);
  const isThere = world.written.some((object) => object.key === key);
  if (!isThere || run.foreign.has(key)) return undefined;
  const text = await readFile(world.state.objects.pathOf(bucket, key), "utf8");
  judge(!isTelling(text), "no secret is in the manifest");
  const manifest = JSON.parse(text) as Manifest;
  judge(manifest.project.id === run.id, "the manifest is that of the project");
  judge(manifest.outputs.length === run.scenario.outputs.length, "the manifest lists every output once");
  for (const [index, receipt] of manifest.outputs.entries()) await judgeReceipt(run, index, receipt, world, judge);
  return manifest;
}

async function judgeReceipt(
  run: CopyRun,
  index: number,
  receipt: Receipt,
  { state, written }: CopyWorld,
  judge: Judge,
): Promise<void> {
  const { contentType, sourceEtag, versionId, ...facts } = receipt;
  const key = outputKeyOf(run, index);
  judge(receipt.key === key && receipt.bucket === bucket, `receipt ${index} is of the output's key`);
  judge(
    written.some((object) => object.key === key),
    `the object of receipt ${index} is there`,
  );
  const body = await readFile(state.objects.pathOf(bucket, key));
  const output = run.scenario.outputs[index];
  const version = versionOf(run, index, body);
  judge(output !== undefined && version !== undefined, `receipt ${index} is of the exact bytes of one version`);
  const { sourceId, ...others } = facts;
  const true_ = { bucket, key, ...factsOf(body), sourceName: sourceNameOf(index) };
  judge(isDeepStrictEqual(others, true_), `receipt ${index} tells the truth: ${JSON.stringify([others, true_])}`);
  judge(/^[0-9a-f]{32}$/.test(sourceId), `receipt ${index} tells its source`);
  const record = await state.objects.find(bucket, key);
  const seen = [record?.headers["content-type"], record?.versionId];
  judge(isDeepStrictEqual([contentType, versionId], seen), `receipt ${index} has S3's type and version`);
  const announced = output?.contentType ?? "application/octet-stream";
  judge(run.foreign.has(key) || contentType === announced, `receipt ${index} has the type that the source announced`);
  if (sourceEtag === undefined || !output || version === undefined) return;
  const own = [etagOf(output, version), `"also-${body[0]}-${body.length}"`];
  judge(own.includes(sourceEtag), `receipt ${index} has the ETag of its version, not ${sourceEtag}`);
}

/** No upload is left open but those of others, and those that the copy could not close. */
function judgeUploads(run: CopyRun, { state }: CopyWorld, judge: Judge): void {
  const all = [...state.uploads.all()].filter(({ key }) => key.startsWith(`${directoryOf(run)}/`));
  const open = all.map(({ uploadId }) => uploadId);
  const left = open.filter((id) => !run.foreignUploads.has(id) && !run.excusedUploads.has(id));
  judge(left.length === 0, `no upload is left open: ${left.length} are`);
  judge(
    [...run.foreignUploads].every((id) => open.includes(id)),
    "the open upload of another writer stays open",
  );
}
