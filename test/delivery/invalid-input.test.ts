/** An input that is refused is announced too: to the stack's endpoints, and to those of its own that are valid. */
import { expect, test } from "vitest";
import { eventOf, startNotifiedProject } from "../support/notified-project.ts";

test("endpoints of an input that is refused for its id are told why", async () => {
  await using project = await startNotifiedProject({ paths: ["/own"] });
  const { harness, receiver } = project;
  const metadata = { order: 17 };
  const end = await harness.transfer({ id: "no/such id", notify: [`${receiver.url}/named`], metadata }, "bad");
  expect([end.status, end.error]).toEqual(["FAILED", "InvalidInput"]);
  const deliveries = await project.deliveries();
  expect(deliveries.map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  expect(receiver.attempts.map(({ path }) => path).toSorted()).toEqual(["/named", "/own"]);
  const [event] = receiver.attempts.map((attempt) => eventOf(attempt));
  expect(event).toMatchObject({
    type: "transfer.failed",
    data: {
      id: "no/such id",
      execution: "bad",
      metadata,
      verdict: null,
      project: null,
      outputs: [],
      manifest: null,
      polls: 0,
      error: { name: "InvalidInput", message: end.cause },
    },
  });
});

test("of its endpoints those that are invalid are not called, and named", async () => {
  await using project = await startNotifiedProject({ paths: [] });
  const { url } = project.receiver;
  const [, port] = url.split("127.0.0.1:");
  const notify = [
    `${url}/valid`,
    `http://u:p@127.0.0.1:${port}/userinfo`,
    `${url}/frag#ment`,
    `${url}/two words`,
    `${url}\\backslash`,
    `http://localhost:${port}/not-excepted`,
    17,
    null,
  ];
  const end = await project.harness.transfer({ id: project.id, notify });
  expect([end.status, end.error]).toEqual(["FAILED", "InvalidInput"]);
  for (const position of [1, 2, 3, 4, 6, 7]) expect(end.cause).toContain(`notify[${position}]: must`);
  expect(end.cause).not.toContain("notify[0]");
  expect(await project.deliveries()).toHaveLength(1);
  expect(project.receiver.attempts.map(({ path }) => path)).toEqual(["/valid"]);
  expect(project.harness.simulator.project(project.id).gets).toBe(0);
});

test.each<[string, unknown]>([
  ["a text", "text"],
  ["a number", 17],
  ["a list", [{ id: "x" }]],
  ["one whose notify is no list", { id: "x", notify: "http://127.0.0.1/" }],
  ["one whose notify looks like a list", { id: "x", notify: { 0: "http://127.0.0.1/", length: 1 } }],
  ["one whose id is no text", { id: { deep: true } }],
])("an input that is %s is refused, and announced to the stack's endpoints", async (_, input) => {
  await using project = await startNotifiedProject();
  const end = await project.harness.transfer(input);
  expect([end.status, end.error]).toEqual(["FAILED", "InvalidInput"]);
  expect(await project.deliveries()).toMatchObject([{ status: "SUCCEEDED" }]);
  const [event] = project.receiver.attempts.map((attempt) => eventOf(attempt));
  expect(event).toMatchObject({ type: "transfer.failed", data: { error: { name: "InvalidInput" } } });
});

test("more endpoints than a transfer may name are not all called", async () => {
  await using project = await startNotifiedProject({ paths: [] });
  const notify = Array.from({ length: 1_000 }, (_, index) => `${project.receiver.url}/${index}`);
  const end = await project.harness.transfer({ id: project.id, notify });
  expect([end.error, end.cause]).toEqual(["InvalidInput", "notify: must be a list of at most 10 URLs"]);
  expect(await project.deliveries()).toHaveLength(10);
});

test("an input of 250 kB, nearly as large as Step Functions takes, is announced, by an event below 20 kB", async () => {
  await using project = await startNotifiedProject();
  const end = await project.harness.transfer({ id: "x".repeat(200_000), metadata: { more: "y".repeat(50_000) } });
  expect(end.error).toBe("InvalidInput");
  expect(await project.deliveries()).toMatchObject([{ status: "SUCCEEDED" }]);
  const [attempt] = project.receiver.attempts;
  expect(Buffer.byteLength(attempt?.body ?? "")).toBeLessThan(20_000);
  expect(eventOf(attempt ?? { body: "{}" }).data).toMatchObject({ id: "x".repeat(128), metadata: {} });
});
