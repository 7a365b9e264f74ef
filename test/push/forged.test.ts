/** Webhooks that are not the vendor's, over HTTP: whatever they look like, nothing starts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { localStateMachineArn } from "../../lib/local/local-machines.ts";
import { everythingIn } from "../support/everything-in.ts";
import { eventBody, vendorSecret, type WebhookParts, webhookRequest } from "../support/vendor-webhook.ts";
import { renderingSeconds, startPushedProject } from "./pushed-project.ts";

const signatureOf = ({ headers }: ReturnType<typeof webhookRequest>) => headers["magic-hour-event-signature"] ?? "";

/** The text with one bit of one character changed; never the eighth, so that ASCII stays ASCII. */
function withBitFlipped(text: string, place: number, bit: number): string {
  const bytes = Buffer.from(text);
  const at = place % bytes.length;
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
  return bytes.toString("ascii");
}

describe("a webhook that is not the vendor's", () => {
  it("starts nothing, by whichever change to a right one it was made", async () => {
    await using project = await startPushedProject({ lose: () => true });
    const { harness, id } = project;
    harness.skip(renderingSeconds);
    const body = eventBody("audio.completed", id);
    const at = harness.now();
    const right = signatureOf(webhookRequest({ body, at }));
    const header = (signature: string): WebhookParts => ({ headers: { "magic-hour-event-signature": signature } });
    const shift = fc.oneof(fc.integer({ min: 302, max: 1e9 }), fc.integer({ min: -1e9, max: -302 }));
    const forged = fc.oneof(
      fc.tuple(fc.nat(), fc.nat(2)).map(([place, bit]) => ({ sent: withBitFlipped(body, place, bit) })),
      fc.nat(63).map((length) => header(right.slice(0, length))),
      fc
        .stringMatching(/^[0-9a-f]{64}$/)
        .filter((other) => other !== right)
        .map(header),
      fc
        .string({ minLength: 1 })
        .filter((secret) => secret !== vendorSecret)
        .map((secret) => ({ secret })),
      fc.nat(body.length - 1).map((length) => ({ sent: body.slice(0, length) })),
      shift.map((seconds) => ({ at: at + seconds * 1_000 })),
      fc
        .constantFrom("signature", "timestamp")
        .map((name) => ({ headers: { [`magic-hour-event-${name}`]: undefined } })),
    );
    await fc.assert(
      fc.asyncProperty(forged, async (parts) => {
        expect(await project.send(webhookRequest({ body, at, ...parts }))).toBe(401);
      }),
      { numRuns: 150 },
    );
    expect(harness.cloud.workflows.list(localStateMachineArn).items).toEqual([]);
    expect(harness.simulator.project(id).gets).toBe(0);
    // The test would hold for a route that refuses everything.
    expect(await project.send(webhookRequest({ body, at }))).toBe(202);
    expect(await project.executions()).toHaveLength(1);
    expect(everythingIn(harness.log)).not.toContain(right);
  });
});
