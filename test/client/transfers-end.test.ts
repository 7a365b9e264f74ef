import { expect, onTestFinished, test, vi } from "vitest";
import { WorkflowsUnavailable } from "../../functions/domain/errors.ts";
import type { Transfer } from "../../lib/client/transfer.ts";
import { transferEnd } from "../../lib/client/transfer-end.ts";

const running: Transfer = {
  name: "cm1-a",
  status: "RUNNING",
  startedAt: "2026-11-23T10:00:00.000Z",
  stoppedAt: null,
  input: { id: "cm1" },
  output: null,
  error: null,
};

/** Ends a wait for a transfer that is seen like this, look by look. */
function endOf(looks: readonly (Partial<Transfer> | Error)[]) {
  const left = [...looks];
  const look = async () => {
    const next = left.shift() ?? {};
    if (next instanceof Error) throw next;
    return { ...running, ...next };
  };
  return transferEnd(look, { deadlineSeconds: undefined, signal: undefined, onUpdate: undefined });
}

test("a Step Functions that is away for a moment does not end the waiting, unless it was so from the start", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  const away = new WorkflowsUnavailable("away");
  await expect(endOf([{}, away, { status: "SUCCEEDED" }])).resolves.toMatchObject({ status: "SUCCEEDED" });
  await expect(endOf([away, { status: "SUCCEEDED" }])).rejects.toBe(away);
});

test.each([
  [{ status: "FAILED", error: { name: "Unauthorized", message: "HTTP 401" } }, "Unauthorized", "HTTP 401"],
  [
    { status: "FAILED", error: { name: "States.Runtime", message: "too long" } },
    "TransferFailed",
    "the transfer cm1-a ended FAILED: States.Runtime: too long",
  ],
  [{ status: "TIMED_OUT", error: null }, "TransferFailed", "the transfer cm1-a ended TIMED_OUT: no error"],
  [{ status: "ABORTED", error: null }, "TransferStopped", "the transfer cm1-a was stopped"],
] as const)("%j is thrown as %s", async (end, name, message) => {
  await expect(endOf([end])).rejects.toMatchObject({ name, message });
});
