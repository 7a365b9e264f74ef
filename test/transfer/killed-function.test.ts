/** A function that is killed while it copies: the workflow's Retry finishes, and the dead one's upload does not stay. */
import { expect, onTestFinished, test, vi } from "vitest";
import { staleAfter } from "../../functions/adapters/stale-uploads.ts";
import type { TransferState } from "../../functions/contract.ts";
import type { WorkflowFunction } from "../../functions/host.ts";
import { cutAt } from "../support/behaviour.ts";
import { audioBytes, signedUrl, startOriginProject } from "../support/origin-project.ts";
import { expectExact } from "../support/transfer-expectations.ts";

const mebibyte = 1_024 ** 2;

/** The first output: one PUT. */
const small = audioBytes(100_000);

/** The second one: two parts, of 8 MiB and of 1 MiB. */
const large = audioBytes(9 * mebibyte);

/** How Lambda's own end of a function looks to the workflow. */
class Timedout extends Error {
  override readonly name = "Sandbox.Timedout";
}

/**
 * A project of two outputs whose second one stalls after its first part, upload begun, and whose copying function is
 * killed there. Unlike a real one the killed function waits on, until `release` lets it have the rest.
 * @param onKill what else happens at that moment
 */
async function startKilled(onKill = () => {}) {
  const stalled = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const downloads = (origin: string, nthGet: number) =>
    ["a.wav", "b.wav"].map((name) => signedUrl(origin, nthGet, name));
  let largeAsked = 0;
  const script = async ({ path }: { path: string }) => {
    if (path.includes("a.wav")) return { content: { body: small } };
    largeAsked += 1;
    if (largeAsked === 1) return cutAt(8.5 * mebibyte);
    if (largeAsked !== 2) return undefined;
    stalled.resolve();
    await released.promise;
    return undefined;
  };
  const project = await startOriginProject({ body: large }, script, { downloads });
  const runs: Promise<TransferState>[] = [];
  const kill =
    (run: WorkflowFunction): WorkflowFunction =>
    (state, context) => {
      // A killed function looks at no clock: else it would see that its time is over, and give its upload up itself.
      const copy = run(state, runs.length === 0 ? { ...context, getRemainingTimeInMillis: () => 900_000 } : context);
      if (runs.push(copy) > 1) return copy;
      const killed = stalled.promise.then((): never => {
        onKill();
        throw new Timedout("Task timed out");
      });
      return Promise.race([copy, killed]);
    };
  project.harness.wrap({ "download-outputs": kill });
  const release = async () => {
    released.resolve();
    return await runs[0]?.then(
      () => "finished",
      (error: Error) => error.name,
    );
  };
  return { ...project, release };
}

test("what stood verified is not copied again, what did not is copied whole", async () => {
  await using project = await startKilled();
  const end = await project.transfer({ deleteAfterDownload: false });
  expect(end).toMatchObject({ status: "SUCCEEDED", retries: 1 });
  const resumesOf = (name: string) =>
    project.origin.requests.filter(({ path }) => path.includes(name)).map(({ headers }) => headers.range !== undefined);
  // The first output; the second, and its resume that hangs; then the second again, from its start.
  expect(resumesOf("/a.wav")).toEqual([false]);
  expect(resumesOf("/b.wav")).toEqual([false, true, false]);
  // The killed one's upload may be that of a transfer at work now, and is left alone.
  expect(project.harness.cloud.store.openUploads()).toHaveLength(1);
  expect(await project.release()).toBe("finished");
  await expectExact(project.harness, await project.transfer(), [small, large]);
});

test("the upload of one that is surely dead is aborted, and one that lives on does no harm", async () => {
  await using project = await startKilled(() => {
    const realNow = Date.now;
    vi.spyOn(Date, "now").mockImplementation(() => realNow() + staleAfter);
  });
  onTestFinished(() => void vi.restoreAllMocks());
  const end = await project.transfer();
  // No upload is open, although the dead one never came back.
  await expectExact(project.harness, end, [small, large]);
  // It met the upload that was gone after it had copied one output, and hands that on.
  expect(await project.release()).toBe("finished");
  await expectExact(project.harness, end, [small, large]);
});
