/** Ended transfers of every kind, each on the way that the workflow would take: poll, copy, deletion, error. */
import fc from "fast-check";
import {
  InvalidInput,
  ProjectGone,
  type TerminalError,
  TransferFailed,
  Unauthorized,
} from "../../functions/domain/errors.ts";
import type { EndedTransfer } from "../../functions/domain/event.ts";
import { failureOf } from "../../functions/domain/failure.ts";
import { parseInput } from "../../functions/domain/input.ts";
import { buildManifest } from "../../functions/domain/manifest.ts";
import { type Project, parseProject, summarize } from "../../functions/domain/project.ts";
import { afterCopy, afterDelete, afterPoll, type TransferOutput } from "../../functions/domain/transfer-output.ts";
import { decide, documentedStatuses, noPolls, type Observation } from "../../functions/domain/verdict.ts";
import { aReceipt } from "../functions/domain/domain-fixture.ts";

const id = "cbfkf5f2h8rozl7mcm472acza";
const execution = { name: "run-1", startedAt: "2026-08-21T10:00:00.000Z" };
const startedAt = Date.parse(execution.startedAt);
const bucket = "outputs";

const text = fc.string({ unit: "binary", maxLength: 40 });
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });

/** Any answer of the vendor that can be read. */
const projects: fc.Arbitrary<Project> = fc
  .record(
    {
      id: fc.constant(id),
      status: fc.oneof(fc.constantFrom(...documentedStatuses), text),
      enabled: fc.boolean(),
      downloads: fc.constantFrom([], [{ url: "https://audio.magichour.ai/output.wav?X-Goog-Signature=SECRET" }]),
      name: orNull(text),
      type: orNull(text),
      created_at: orNull(fc.constantFrom("2026-08-21T09:59:00", "2026-08-21T09:59:00.123456Z", "soon")),
      credits_charged: orNull(fc.oneof(fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true }))),
      error: orNull(fc.record({ code: orNull(text), message: orNull(text) })),
    },
    { requiredKeys: ["id", "status"] },
  )
  .map((json) => parseProject(json, id));

const observations: fc.Arbitrary<Observation> = fc.oneof(
  { weight: 8, arbitrary: projects.map((project) => ({ kind: "project", project }) as const) },
  fc.constantFrom<Observation>({ kind: "not-found" }, { kind: "unavailable", reason: "HTTP 503" }),
);

const inputs = fc.record(
  {
    id: fc.constant(id),
    downloadOutputs: fc.constant(true),
    deleteAfterDownload: fc.boolean(),
    metadata: fc.dictionary(text, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
  },
  { requiredKeys: ["id"] },
);

/** How a copy goes: how many outputs there are, and whether it, and then the deletion, ends with an error. */
const copies = fc.record({
  outputs: fc.integer({ min: 1, max: 60 }),
  copyError: orNull(fc.constantFrom(new TransferFailed("a conflict"), new ProjectGone("no manifest"))),
  deletion: fc.constantFrom("done", "pending", "refused"),
});

/** A transfer that ended with its poll at this age, or with what followed it. */
const polled: fc.Arbitrary<EndedTransfer> = fc
  .record({ input: inputs, observation: observations, copy: copies, oneLook: fc.boolean() })
  .map(({ input, observation, copy, oneLook }) => {
    const given = oneLook ? { ...input, downloadOutputs: false, deleteAfterDownload: false } : input;
    const transfer = parseInput(given);
    // At the deadline, and after enough answers of one kind: whatever this poll finds, nothing is waited for.
    const now = startedAt + transfer.deadlineSeconds * 1_000;
    const counts = { ...noPolls, polls: 9, notFound: 9, withoutDownloads: 9 };
    const decision = decide(observation, { transfer, counts, now, startedAt, random: 0 });
    const context = { startedAt: execution.startedAt, now, previous: undefined };
    const output = afterPoll(transfer, observation, decision, context);
    const { failure } = decision;
    if (failure) return { execution, input: given, output, failure };
    return { execution, input: given, ...(decision.next === "download" ? copied(output, copy) : { output }) };
  });

function copied(
  before: TransferOutput,
  { outputs, copyError, deletion }: typeof copies extends fc.Arbitrary<infer Copy> ? Copy : never,
): Pick<EndedTransfer, "output" | "failure"> {
  if (copyError) return { output: before, failure: failureOf(copyError) };
  const project = parseProject({ id, status: "complete" }, id);
  const receipts = Array.from({ length: outputs }, () => aReceipt({ sourceEtag: '"etag"' }));
  const now = Date.parse(before.finishedAt) + 1_000;
  const transfer = parseInput({ id, deleteAfterDownload: deletion !== "pending", metadata: before.metadata });
  const found = { bucket, key: "audio-projects/manifest.json", project: summarize(project), status: before.status };
  const output = afterCopy(before, transfer, { ...found, manifest: buildManifest(project, receipts, now) }, now);
  if (deletion === "refused") return { output, failure: failureOf(new TransferFailed("the deletion is refused")) };
  return { output: deletion === "done" ? afterDelete(output, now) : output };
}

/** The error that parsing this input gives. @throws {Error} when it gives none */
function refusalOf(input: unknown): TerminalError {
  try {
    parseInput(input);
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new Error("the input is valid");
}

/** A transfer that ended before its first poll. */
const unpolled: fc.Arbitrary<EndedTransfer> = fc.oneof(
  inputs.map((input) => ({ execution, input, failure: failureOf(new Unauthorized("the key is refused")) })),
  fc
    .oneof(fc.jsonValue(), fc.record({ id: fc.string({ unit: "binary", maxLength: 300 }), other: fc.jsonValue() }))
    .map((input) => ({ execution, input, failure: failureOf(refusalOf(input)) })),
);

/** Any transfer at its end. */
export const anyEndedTransfer: fc.Arbitrary<EndedTransfer> = fc.oneof({ weight: 4, arbitrary: polled }, unpolled);
