/** Which endpoints an input may name: nobody may make this stack call whom its owner did not list. */
import { expect, test } from "vitest";
import { createCheckStatus } from "../../functions/check-status.ts";
import { environmentNames } from "../../functions/contract.ts";
import { createNotify } from "../../functions/notify.ts";
import { startNotifiedProject } from "../support/notified-project.ts";

const allowed = "hooks.example.com,*.tenants.example.org";

/**
 * A project whose stack allows these hosts in an input's `notify`, and has no endpoints of its own. What matters is who
 * would be told: deliveries end before they look up a name, because the tests ask no name server.
 */
async function startWith(hosts: string) {
  const project = await startNotifiedProject({ paths: [], environment: { [environmentNames.notifyHosts]: hosts } });
  project.harness.wrap({ deliver: () => () => Promise.reject(new TypeError("nobody is called")) });
  const told = async () => (await project.deliveries()).map(({ input }) => input.endpoint);
  return { ...project, told };
}

const refused = [
  "https://other.example.com/hook",
  "https://example.com/hook",
  "https://evilhooks.example.com/hook",
  "https://deep.hooks.example.com/hook",
  "https://hooks.example.com.evil.example/hook",
  "https://evil.example/hooks.example.com",
  "https://evil.example/?hooks.example.com",
  "https://tenants.example.org/hook",
  "https://eviltenants.example.org/hook",
  "https://a.tenants.example.org.evil.example/hook",
  "https://hooks.example.com./hook",
  "https://127.0.0.1/hook",
];

test("an endpoint elsewhere is refused, by name of its place and of the hosts that are allowed", async () => {
  await using project = await startWith(allowed);
  const { harness, id } = project;
  for (const endpoint of refused) {
    const end = await project.transfer({ notify: ["https://hooks.example.com/first", endpoint] });
    expect([end.error, end.cause], endpoint).toEqual([
      "InvalidInput",
      "notify[1]: is refused: this stack allows only the hosts hooks.example.com, *.tenants.example.org",
    ]);
  }
  expect(harness.simulator.project(id)).toMatchObject({ gets: 0, downloads: 0 });
  // That one is valid, and hears of each.
  expect(await project.told()).toEqual(refused.map(() => "https://hooks.example.com/first"));
});

test("an endpoint at a host that is allowed is told, whatever its port and case", async () => {
  await using project = await startWith(allowed);
  const notify = [
    "https://hooks.example.com/hook",
    "https://hooks.example.com:8443/hook",
    "https://HOOKS.example.COM/other",
    "https://a.tenants.example.org/hook",
    "https://a.b.tenants.example.org/hook",
  ];
  expect(await project.transfer({ notify })).toMatchObject({ status: "SUCCEEDED", output: { announced: true } });
  expect(await project.told()).toEqual(notify);
});

test("only https is allowed, whatever the host", async () => {
  await using project = await startWith(allowed);
  const end = await project.transfer({ notify: ["http://hooks.example.com/hook"] });
  expect([end.error, end.cause]).toEqual(["InvalidInput", "notify[0]: must be https"]);
  expect(await project.told()).toEqual([]);
});

test("where no host is allowed every endpoint is refused, and each is named", async () => {
  await using project = await startWith("");
  const end = await project.transfer({ notify: ["https://hooks.example.com/a", "https://a.tenants.example.org/b"] });
  expect([end.status, end.error]).toEqual(["FAILED", "InvalidInput"]);
  expect(end.cause).toBe(
    "notify[0]: is refused: this stack allows no endpoints but its own; " +
      "notify[1]: is refused: this stack allows no endpoints but its own",
  );
  expect(project.harness.simulator.project(project.id).gets).toBe(0);
  expect(await project.told()).toEqual([]);
});

test("the stack's own endpoints need no permission: they hear why an input was refused", async () => {
  const environment = { [environmentNames.notifyHosts]: "" };
  await using project = await startNotifiedProject({ environment });
  const end = await project.transfer({ notify: ["https://hooks.example.com/a"] });
  expect(end.error).toBe("InvalidInput");
  expect(await project.deliveries()).toMatchObject([{ status: "SUCCEEDED" }]);
  expect(project.receiver.attempts[0]?.body).toContain("this stack allows no endpoints but its own");
});

test("with any host allowed every public one may be named", async () => {
  await using project = await startWith("*");
  const end = await project.transfer({ notify: ["https://wherever.example.net/hook"] });
  expect(end).toMatchObject({ status: "SUCCEEDED", output: { announced: true } });
  expect(await project.told()).toEqual(["https://wherever.example.net/hook"]);
});

test("a policy that is tightened while a transfer waits does not fail it: the endpoint is left out, and the log says so", async () => {
  await using project = await startNotifiedProject({ plan: { queuedSeconds: 60 } });
  const notify = ["https://127.0.0.1/hook"];
  const strict = { ...project.harness.cloud.environment, [environmentNames.notifyHosts]: "hooks.example.com" };
  let polls = 0;
  project.harness.wrap({
    "check-status": (run) => (state, context) => {
      polls += 1;
      return polls === 1 ? run(state, context) : createCheckStatus(strict, project.harness.host)(state, context);
    },
    notify: () => createNotify(strict, project.harness.host),
  });
  expect(await project.transfer({ notify })).toMatchObject({ status: "SUCCEEDED", output: { announced: true } });
  expect(polls).toBeGreaterThan(1);
  expect(await project.deliveries()).toHaveLength(1);
  expect(project.receiver.attempts).toHaveLength(1);
  expect(project.harness.log).toContainEqual(expect.objectContaining({ message: "announced", leftOut: 1 }));
});
