/** The vendor's webhook and polling, for one project: whichever comes first, the project is copied and announced once. */
import { describe, expect, it } from "vitest";
import { createWorkflows } from "../../functions/adapters/workflows.ts";
import { transferNameOf } from "../../functions/domain/transfer-name.ts";
import { localStateMachineArn } from "../../lib/local/local-machines.ts";
import type { ObjectStoreOptions } from "../../lib/local/object-store/object-store.ts";
import { executionArn } from "../../lib/local/workflows/arns.ts";
import { unusedPort } from "../support/unused-port.ts";
import { before } from "../support/wrapped-functions.ts";
import {
  type PushedProject,
  type PushedProjectOptions,
  renderingSeconds,
  startPushedProject,
} from "./pushed-project.ts";

/** A project, and the keys that were written, as often as they were. */
async function startCounted(options: PushedProjectOptions = {}) {
  const written: string[] = [];
  const afterWrite: NonNullable<ObjectStoreOptions["afterWrite"]> = ({ key }) => void written.push(key);
  const project = await startPushedProject({ ...options, store: { afterWrite } });
  return { project, written };
}

/** Both transfers succeeded, there is one copy, each object of it was written once, and the receiver was told once. */
async function expectOnce({ id, ...project }: PushedProject, written: readonly string[]): Promise<void> {
  const ends = await project.executions();
  expect(ends.map(({ status, error }) => [status, error])).toEqual([
    ["SUCCEEDED", undefined],
    ["SUCCEEDED", undefined],
  ]);
  const [one, other] = ends;
  expect(one?.output.outputs).toEqual(other?.output.outputs);
  expect(one?.output.manifest).toEqual(other?.output.manifest);
  const keys = [...(one?.output.outputs ?? []), one?.output.manifest].map((object) => object?.key ?? "");
  expect(keys).toHaveLength(2);
  expect(written.toSorted()).toEqual(keys.toSorted());
  expect(await project.deliveries()).toMatchObject([{ status: "SUCCEEDED" }]);
  // On the bus and at the receiver.
  expect(await project.harness.deliveries()).toHaveLength(2);
  expect(project.receiver.attempts).toHaveLength(1);
}

describe("a project that is polled from its creation", () => {
  it("arrives when every webhook is lost", async () => {
    await using project = await startPushedProject({ lose: () => true });
    const { harness, id } = project;
    const end = await harness.transfer({ id });
    expect(end).toMatchObject({ status: "SUCCEEDED", output: { verdict: "complete" } });
    expect(end.output.polls).toBeGreaterThan(2);
    expect(end.output.outputs).toHaveLength(1);
    expect(await project.pass(86_400)).toEqual([]);
    expect(await project.executions()).toHaveLength(1);
  });

  it("is copied and announced once when the webhook comes before the poll that would have seen it", async () => {
    const { project, written } = await startCounted();
    await using _project = project;
    const { harness, id } = project;
    harness.wrap({ "check-status": before(() => harness.simulator.sendDueWebhooks()) });
    const polled = await harness.transfer({ id }, "by-hand");
    expect(polled.output.polls).toBeGreaterThan(2);
    await expectOnce(project, written);
    const pushed = (await project.executions()).find(({ name }) => name !== "by-hand");
    expect(pushed).toMatchObject({ name: transferNameOf({ id }, "audio.completed"), output: { polls: 1 } });
  });

  it("is copied and announced once when the webhook comes after everything", async () => {
    const { project, written } = await startCounted();
    await using _project = project;
    const { harness, id } = project;
    await harness.transfer({ id });
    expect(await project.pass(0)).toMatchObject([{ type: "audio.completed", status: 202 }]);
    await expectOnce(project, written);
  });

  it("is copied and announced once when the webhook comes first", async () => {
    const { project, written } = await startCounted();
    await using _project = project;
    const { harness, id } = project;
    await project.pass(renderingSeconds);
    await project.executions();
    expect(await harness.transfer({ id })).toMatchObject({ status: "SUCCEEDED", output: { polls: 1 } });
    await expectOnce(project, written);
  });

  it("is transferred by the webhook at once, though a transfer of the same input waits for its next poll", async () => {
    const { project, written } = await startCounted();
    await using _project = project;
    const { harness, id } = project;
    const { workflows } = harness.cloud;
    const [polled, pushed] = [transferNameOf({ id }), transferNameOf({ id }, "audio.completed")];
    const seen: string[] = [];
    harness.wrap({
      "check-status": (run) => async (state, context) => {
        if (state.execution.name === polled && seen.length === 0) {
          // The poller stands still, as in a long wait, until the webhook's transfer is over.
          await project.pass(renderingSeconds);
          const { status } = await workflows.completion(executionArn(localStateMachineArn, pushed));
          seen.push(status, workflows.describe(executionArn(localStateMachineArn, polled)).status);
        }
        return run(state, context);
      },
    });
    // As POST /transfers starts it.
    await createWorkflows(harness.cloud.environment).start(localStateMachineArn, polled, { id });
    await project.executions();
    expect(seen).toEqual(["SUCCEEDED", "RUNNING"]);
    await expectOnce(project, written);
  });
});

describe("a webhook that is not taken", () => {
  it("is sent again by the vendor, and starts the transfer then", async () => {
    const nowhere = `http://127.0.0.1:${await unusedPort()}`;
    let isThere = false;
    await using project = await startPushedProject({ sentTo: (route) => (isThere ? route : nowhere) });
    expect(await project.pass(renderingSeconds)).toMatchObject([{ attempt: 1, status: null }]);
    expect(await project.pass(1)).toMatchObject([{ attempt: 2, status: null }]);
    isThere = true;
    expect(await project.pass(2)).toMatchObject([{ attempt: 3, status: 202 }]);
    expect(await project.executions()).toMatchObject([{ status: "SUCCEEDED", output: { polls: 1 } }]);
  });
});
