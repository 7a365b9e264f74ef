/** Values of the domain that its tests start from; each test overrides the fields that it is about. */
import type { TransferInput } from "../../../functions/domain/input.ts";
import type { PlannedOutput } from "../../../functions/domain/output.ts";
import type { Project } from "../../../functions/domain/project.ts";
import type { Receipt } from "../../../functions/domain/receipt.ts";

/** A signed download URL in the vendor's form; its query holds the word `SECRET`. */
export const signedUrl =
  "https://audio.magichour.ai/p/output.wav?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Expires=86400&X-Goog-Signature=SECRET";

/** A complete project with one output. */
export function aProject(over: Partial<Project> = {}): Project {
  return {
    id: "cm1",
    name: "Hello",
    status: "complete",
    type: "VOICE_GENERATOR",
    createdAt: "2026-08-22T10:00:00.000Z",
    enabled: true,
    creditsCharged: 5,
    downloads: [{ url: signedUrl }],
    error: null,
    ...over,
  };
}

/** The input `{"id": "cm1"}` after validation. */
export function aTransfer(over: Partial<TransferInput> = {}): TransferInput {
  return {
    id: "cm1",
    waitForCompletion: true,
    downloadOutputs: true,
    downloadDirectory: "audio-projects/cm1",
    deleteAfterDownload: false,
    deadlineSeconds: 86_400,
    notify: [],
    metadata: {},
    ...over,
  };
}

/** The first output of a project. */
export function anOutput(over: Partial<PlannedOutput> = {}): PlannedOutput {
  return {
    index: 0,
    url: signedUrl,
    sourceName: "output.wav",
    sourceId: "0123456789abcdef0123456789abcdef",
    key: "audio-projects/cm1/0-output.wav",
    ...over,
  };
}

/** The receipt of {@link anOutput}. */
export function aReceipt(over: Partial<Receipt> = {}): Receipt {
  return {
    bucket: "outputs",
    key: "audio-projects/cm1/0-output.wav",
    versionId: "v1",
    bytes: 44,
    sha256: "ab".repeat(32),
    checksum: { algorithm: "CRC32", value: "AAAAAA==" },
    contentType: "audio/wav",
    sourceName: "output.wav",
    sourceId: "0123456789abcdef0123456789abcdef",
    ...over,
  };
}
