/** Receivers that want no more, or want it elsewhere. */
import { expect, test } from "vitest";
import { type ReceiverScript, startMisbehavingReceiver } from "../support/misbehaving-receiver.ts";
import { startNotifiedProject } from "../support/notified-project.ts";

test("410 ends a delivery at once and for good; the others go on", async () => {
  const script: ReceiverScript = ({ path }) =>
    path.startsWith("/gone") ? { status: 410, body: "We have moved out." } : 204;
  await using project = await startNotifiedProject({ script, paths: ["/gone/s3cret?token=s3cret", "/here"] });
  const end = await project.transfer();
  const [gone, here] = (await project.deliveries()).toSorted((a, b) => (a.status < b.status ? -1 : 1));
  expect(gone).toMatchObject({ status: "FAILED", error: "DeliveryRejected", waits: [] });
  const { messageId, path } = project.receiver.attempts.find(({ path }) => path !== "/here") ?? {};
  expect(gone?.cause).toBe(
    `${messageId} was not delivered to ${project.receiver.url}: attempt 1 of 10: ` +
      "HTTP 410: the receiver wants no more; it said: We have moved out.",
  );
  expect(path).toBe("/gone/s3cret?token=s3cret");
  expect(here).toMatchObject({ status: "SUCCEEDED" });
  expect(project.receiver.attempts).toHaveLength(2);
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { announced: true } });
});

test("410 ends it at a later attempt too", async () => {
  await using project = await startNotifiedProject({ script: ({ nth }) => (nth < 3 ? 500 : 410) });
  await project.transfer();
  const [delivery] = await project.deliveries();
  expect(delivery).toMatchObject({ status: "FAILED", error: "DeliveryRejected" });
  expect(delivery?.cause).toContain("attempt 3 of 10: HTTP 410");
  expect(project.receiver.attempts).toHaveLength(3);
});

test("another project is announced again to an endpoint that answered 410: each delivery is one of its own", async () => {
  let isGone = true;
  await using project = await startNotifiedProject({ script: () => (isGone ? 410 : 204) });
  await project.transfer();
  expect(await project.deliveries()).toMatchObject([{ status: "FAILED" }]);
  isGone = false;
  await project.harness.transfer({ id: project.harness.simulator.createProject({ queuedSeconds: 0 }) });
  expect(await project.deliveries()).toMatchObject([{ status: "FAILED" }, { status: "SUCCEEDED" }]);
});

test("redirects are not followed, not even to an endpoint that could be reached; the schedule goes on", async () => {
  await using elsewhere = await startMisbehavingReceiver();
  const statuses = [301, 302, 303, 307, 308];
  const script: ReceiverScript = ({ path, nth }) =>
    nth === 1 ? { status: Number(path.slice(1)), headers: { location: `${elsewhere.url}/hook` } } : 204;
  const paths = statuses.map((status) => `/${status}`);
  const guardExceptions = [elsewhere.url];
  await using project = await startNotifiedProject({ script, paths, guardExceptions, random: () => 0 });
  await project.transfer();
  const deliveries = await project.deliveries();
  expect(deliveries.map(({ status, waits }) => [status, waits])).toEqual(statuses.map(() => ["SUCCEEDED", [5]]));
  const reasons = deliveries.map(({ attempts }) => attempts[0]?.reason).toSorted();
  expect(reasons).toEqual(statuses.map((status) => `HTTP ${status}: redirects are not followed`));
  expect(elsewhere.attempts).toEqual([]);
  expect(project.receiver.attempts).toHaveLength(2 * statuses.length);
});

test("a receiver that redirects for ever exhausts the schedule", async () => {
  await using elsewhere = await startMisbehavingReceiver();
  const script: ReceiverScript = () => ({ status: 302, headers: { location: elsewhere.url } });
  await using project = await startNotifiedProject({ script, guardExceptions: [elsewhere.url] });
  const end = await project.transfer();
  const [delivery] = await project.deliveries();
  expect(delivery).toMatchObject({ status: "FAILED", error: "DeliveryExhausted" });
  expect(delivery?.cause).toContain("attempt 10 of 10: HTTP 302: redirects are not followed");
  expect([elsewhere.attempts, end.status]).toEqual([[], "SUCCEEDED"]);
});

test("what a receiver says is quoted without the secrets that it repeats", async () => {
  const said = "see https://u:s3cret@hooks.example.com/x?token=s3cret Bearer s3cret whsec_s3crets3cret mhk_live_s3cret";
  await using project = await startNotifiedProject({
    script: ({ nth }) => ({ status: nth === 1 ? 500 : 410, body: said }),
  });
  await project.transfer();
  const [delivery] = await project.deliveries();
  expect(delivery?.cause).toContain("it said: see https://hooks.example.com/x?[redacted]");
  expect(delivery?.everythingWritten).not.toContain("s3cret");
});
