/** The four ended transfers whose events docs/events shows, made by the same domain functions as in a real run. */
import { buildEvent, type EndedTransfer, type TransferEvent } from "../../functions/domain/event.ts";
import { parseInput } from "../../functions/domain/input.ts";
import { buildManifest } from "../../functions/domain/manifest.ts";
import { type Project, parseProject, summarize } from "../../functions/domain/project.ts";
import type { Receipt } from "../../functions/domain/receipt.ts";
import { afterCopy, afterDelete, afterPoll, type TransferOutput } from "../../functions/domain/transfer-output.ts";
import { decide, noPolls } from "../../functions/domain/verdict.ts";

const id = "cbfkf5f2h8rozl7mcm472acza";
const bucket = "my-audio-outputs";
const execution = { name: "5f0c1f3e-4a52-4a0b-9a06-1f6d7c1d2b3a", startedAt: "2026-08-22T10:00:00.000Z" };
const startedAt = Date.parse(execution.startedAt);

/** The project as the vendor answers, with a status of its own. */
function theProject(status: string, error: { code: string; message: string } | null = null): Project {
  const project = {
    id,
    name: "Welcome message",
    status,
    type: "VOICE_GENERATOR",
    created_at: "2026-08-22T09:59:58.000Z",
    enabled: true,
    credits_charged: status === "complete" ? 12 : 0,
    downloads: status === "complete" ? [{ url: "https://audio.magichour.ai/output.wav?X-Goog-Signature=SECRET" }] : [],
    error,
  };
  return parseProject(project, id);
}

/** A transfer whose last poll found this status, so many seconds after its start. */
function polled(project: Project, polls: number, seconds: number): EndedTransfer & { readonly output: TransferOutput } {
  const input = { id, deleteAfterDownload: true, metadata: { order: 7412 } };
  const transfer = parseInput(input);
  const observation = { kind: "project", project } as const;
  const now = startedAt + seconds * 1_000;
  const counts = { ...noPolls, polls: polls - 1 };
  const decision = decide(observation, { transfer, counts, now, startedAt, random: 0 });
  const context = { startedAt: execution.startedAt, now, previous: undefined };
  const output = afterPoll(transfer, observation, decision, context);
  return { execution, input, output, ...(decision.failure && { failure: decision.failure }) };
}

const receipts: Receipt[] = [
  {
    bucket,
    key: `audio-projects/${id}/0-output.wav`,
    versionId: "3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH",
    bytes: 123_948,
    sha256: "5fa2fcc8cb14eaa02d0b6e8bf4b6b2f0d9a7c51e6f3408d2b7ac4e91d85f6a13",
    checksum: { algorithm: "CRC32", value: "y/Q5Jg==" },
    contentType: "audio/wav",
    sourceName: "output.wav",
    sourceId: "8d0f2b6c4e1a7953b8c6d0e2f4a19b37",
    sourceEtag: '"9b2cf535f27731c974343645a3985328"',
  },
  {
    bucket,
    key: `audio-projects/${id}/1-output.mp3`,
    versionId: "Yd2o1RZ0n8bqvC5k7mXe4LtUaWsHfGpJ",
    bytes: 21_123,
    sha256: "ce10c817b5117b46a3f9d27e05c8b1f46d9e20a7384fb5c1d60e92a7f83b4d58",
    checksum: { algorithm: "CRC32", value: "3q2+7w==" },
    contentType: "audio/mpeg",
    sourceName: "output.mp3",
    sourceId: "1c7e5a90d3b2486fa1e0c9d8b7f65432",
    sourceEtag: '"e4d909c290d0fb1ca068ffaddf22cbd0"',
  },
];

function copiedAndDeleted(): EndedTransfer {
  const project = theProject("complete");
  const ended = polled(project, 4, 84);
  const copiedAt = startedAt + 86_000;
  const manifest = buildManifest(project, receipts, copiedAt);
  const place = { bucket, key: `audio-projects/${id}/manifest.json` };
  const found = { manifest, ...place, project: summarize(project), status: project.status };
  const copied = afterCopy(ended.output, parseInput(ended.input), found, copiedAt);
  return { ...ended, output: afterDelete(copied, startedAt + 88_500) };
}

/** By event type: the event whose JSON text is `docs/events/<type>.json`. */
export const documentedEvents: Readonly<Record<TransferEvent["type"], TransferEvent>> = {
  "transfer.completed": buildEvent(copiedAndDeleted(), startedAt + 89_000),
  "transfer.failed": buildEvent(
    polled(theProject("error", { code: "no_source_audio", message: "The source has no audio track." }), 3, 20),
    startedAt + 21_000,
  ),
  "transfer.canceled": buildEvent(polled(theProject("canceled"), 5, 130), startedAt + 131_000),
  "transfer.timed_out": buildEvent(polled(theProject("rendering"), 69, 86_400), startedAt + 86_401_000),
};
