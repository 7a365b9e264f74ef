/** Transfers that run again or side by side, and functions that die: each event reaches each endpoint once. */
import { expect, test } from "vitest";
import type { WorkflowFunction } from "../../functions/host.ts";
import { localDeliveryStateMachineArn } from "../../lib/local/local-machines.ts";
import { eventOf, type NotifiedProject, startNotifiedProject } from "../support/notified-project.ts";
import { startBehindProxy } from "../support/proxied-project.ts";

/** What was told, by endpoint and id, once all deliveries are over. */
async function told({ harness, receiver }: NotifiedProject) {
  const deliveries = await harness.deliveries();
  expect(deliveries.map(({ status }) => status)).toEqual(deliveries.map(() => "SUCCEEDED"));
  const { events } = harness.cloud.eventBus;
  return {
    attempts: receiver.attempts.map(({ path }) => path).toSorted(),
    ids: [...new Set(receiver.attempts.map(({ messageId }) => messageId))],
    onBus: events.map(({ detail }) => detail["id"]),
  };
}

test("a transfer that runs again tells nobody again", async () => {
  await using project = await startNotifiedProject({ paths: ["/a", "/b"] });
  const ends = [await project.transfer(), await project.transfer(), await project.transfer({ metadata: { more: 1 } })];
  expect(ends.map(({ output }) => output.announced)).toEqual([true, true, true]);
  const { attempts, ids, onBus } = await told(project);
  expect([attempts, ids.length, onBus]).toEqual([["/a", "/b"], 1, ids]);
});

test("three transfers at once tell it once", async () => {
  await using project = await startNotifiedProject({ paths: ["/a", "/b"] });
  const { harness, id } = project;
  const ends = await harness.concurrently([
    { id },
    { id, deleteAfterDownload: true },
    { id, metadata: { third: true } },
  ]);
  expect(ends.map(({ output }) => output.announced)).toEqual([true, true, true]);
  const { attempts, ids, onBus } = await told(project);
  expect([attempts, ids.length, onBus]).toEqual([["/a", "/b"], 1, ids]);
});

test("nor does one that finds the project deleted and its manifest in place", async () => {
  await using project = await startNotifiedProject();
  expect((await project.transfer({ deleteAfterDownload: true })).output.deleted).toBe("yes");
  expect(await project.transfer({ deleteAfterDownload: true })).toMatchObject({ output: { announced: true } });
  const { attempts, ids, onBus } = await told(project);
  expect([attempts, ids.length, onBus]).toEqual([["/hook"], 1, ids]);
});

test("an endpoint that is named again hears nothing; one that is named for the first time is told, under the same id", async () => {
  await using project = await startNotifiedProject({ paths: ["/own"] });
  const { url } = project.receiver;
  await project.transfer({ notify: [`${url}/first`] });
  await project.transfer({ notify: [`${url}/first`] });
  expect((await told(project)).attempts).toEqual(["/first", "/own"]);
  await project.transfer({ notify: [`${url}/first`, `${url}/second`, `${url}/own`] });
  const { attempts, ids, onBus } = await told(project);
  expect([attempts, ids.length, onBus]).toEqual([["/first", "/own", "/second"], 1, ids]);
});

test("what is copied to another place, or is not copied, is another event", async () => {
  await using project = await startNotifiedProject();
  await project.transfer({ downloadOutputs: false });
  await project.transfer();
  await project.transfer({ downloadDirectory: "elsewhere" });
  const { ids, onBus } = await told(project);
  expect([new Set(ids).size, onBus]).toEqual([3, ids]);
  const keys = project.receiver.attempts.map((attempt) => eventOf(attempt).data.manifest?.key);
  expect(keys).toEqual([undefined, `audio-projects/${project.id}/manifest.json`, "elsewhere/manifest.json"]);
});

test.each([
  ["error", "ProjectFailed", "transfer.failed"],
  ["canceled", "ProjectCanceled", "transfer.canceled"],
])("a project that ended in %s is told of once, by however many transfers", async (endIn, error, type) => {
  await using project = await startNotifiedProject({ plan: { endIn } });
  const { harness, id } = project;
  const input = { id, downloadDirectory: "elsewhere", metadata: { other: true } };
  const ends = [await project.transfer(), ...(await harness.concurrently([{ id }, input]))];
  expect(ends.map((end) => end.error)).toEqual([error, error, error]);
  const { ids, onBus } = await told(project);
  expect([ids.length, onBus]).toEqual([1, ids]);
  expect(project.receiver.attempts.map((attempt) => eventOf(attempt).type)).toEqual([type]);
});

test("two transfers that exceed their deadlines are two events, one for each execution", async () => {
  await using project = await startNotifiedProject({ plan: { endIn: "rendering" } });
  await project.transfer({ deadlineSeconds: 60 }, "one");
  await project.transfer({ deadlineSeconds: 60 }, "two");
  const { ids, onBus } = await told(project);
  expect(onBus.toSorted()).toEqual(ids.toSorted());
  const events = project.receiver.attempts.map((attempt) => eventOf(attempt));
  expect(events).toMatchObject([
    { type: "transfer.timed_out", data: { execution: "one", error: { name: "DeadlineExceeded" } } },
    { type: "transfer.timed_out", data: { execution: "two", error: { name: "DeadlineExceeded" } } },
  ]);
});

/** How Lambda's own end of a function looks to the workflow. */
class Timedout extends Error {
  override readonly name = "Sandbox.Timedout";
}

test("a Notify that is killed after it started everything runs again and starts nothing twice", async () => {
  await using project = await startNotifiedProject({ paths: ["/a", "/b"] });
  let runs = 0;
  const notify =
    (run: WorkflowFunction): WorkflowFunction =>
    async (state, context) => {
      const next = await run(state, context);
      runs += 1;
      if (runs === 1) throw new Timedout("Task timed out");
      return next;
    };
  project.harness.wrap({ notify });
  expect(await project.transfer()).toMatchObject({ status: "SUCCEEDED", retries: 1, output: { announced: true } });
  const { attempts, ids, onBus } = await told(project);
  expect([runs, attempts, onBus]).toEqual([2, ["/a", "/b"], ids]);
});

test("a Notify that is killed between two starts runs again and starts what is missing", async () => {
  let isAlive = true;
  await using project = await startBehindProxy((nth) =>
    nth === 1 || !isAlive ? undefined : { status: 400, type: "AccessDeniedException" },
  );
  const { workflows } = project.harness.cloud;
  let runs = 0;
  const notify =
    (run: WorkflowFunction): WorkflowFunction =>
    async (state, context) => {
      runs += 1;
      if (runs > 1) return run(state, context);
      await expect(run(state, context)).rejects.toMatchObject({ name: "WorkflowsUnavailable" });
      isAlive = false;
      await expect.poll(() => workflows.list(localDeliveryStateMachineArn).items.length).toBe(1);
      throw new Timedout("Task timed out");
    };
  project.harness.wrap({ notify });
  expect(await project.transfer()).toMatchObject({ status: "SUCCEEDED", retries: 1, output: { announced: true } });
  const { attempts, ids, onBus } = await told(project);
  expect([runs, attempts, onBus]).toEqual([2, ["/hook"], ids]);
});

test("a start whose answer is lost is asked for again, and nothing starts twice", async () => {
  await using project = await startBehindProxy((nth) => (nth <= 2 ? "answer-lost" : undefined), { paths: ["/a"] });
  expect(await project.transfer()).toMatchObject({ status: "SUCCEEDED", retries: 0, output: { announced: true } });
  const { attempts, ids, onBus } = await told(project);
  expect([project.proxy.requests, attempts, onBus]).toEqual([4, ["/a"], ids]);
});

test("a Deliver that is killed after its POST sends the same again, which its receiver knows by the id", async () => {
  await using project = await startNotifiedProject();
  let runs = 0;
  project.harness.wrap({
    deliver: (run) => async (state, context) => {
      const next = await run(state, context);
      runs += 1;
      if (runs <= 2) throw new Timedout("Task timed out");
      return next;
    },
  });
  await project.transfer();
  const [delivery] = await project.deliveries();
  expect(delivery).toMatchObject({ status: "SUCCEEDED", waits: [], attempts: [{ attempt: 1, outcome: "delivered" }] });
  const { attempts } = project.receiver;
  expect(attempts.length).toBeGreaterThan(1);
  expect(new Set(attempts.map(({ messageId, body }) => messageId + body)).size).toBe(1);
});
