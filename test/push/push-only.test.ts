/** The vendor's webhook starts the transfer, and nothing else does. */
import { describe, expect, it } from "vitest";
import { eventOf } from "../support/notified-project.ts";
import { manifestIn } from "../support/transfer-expectations.ts";
import { renderingSeconds, startPushedProject } from "./pushed-project.ts";

describe("a project that renders for a minute", () => {
  it("is polled once and never waited for", async () => {
    await using project = await startPushedProject();
    const { harness, id } = project;
    expect(await project.pass(renderingSeconds - 1)).toEqual([]);
    expect(await project.executions()).toEqual([]);
    expect(harness.simulator.project(id)).toMatchObject({ status: "rendering", gets: 0 });
    expect(await project.pass(1)).toMatchObject([{ type: "audio.completed", projectId: id, attempt: 1, status: 202 }]);

    const [transfer, ...others] = await project.executions();
    expect(others).toEqual([]);
    expect(transfer).toMatchObject({ status: "SUCCEEDED", output: { id, verdict: "complete", polls: 1 } });
    expect(transfer?.states).not.toContain("Wait");
    expect(transfer?.states.filter((state) => state === "Check status")).toHaveLength(1);
    // One poll, and one look for fresh download URLs.
    expect(harness.simulator.project(id).gets).toBe(2);
    expect((await manifestIn(harness, `audio-projects/${id}`)).outputs).toEqual(transfer?.output.outputs);
    expect(transfer?.output.outputs).toHaveLength(1);
    const [delivery] = await project.deliveries();
    expect(delivery).toMatchObject({ status: "SUCCEEDED" });
  });

  it("is deleted, too, where the stack's input for such transfers asks for it", async () => {
    const input = { deleteAfterDownload: true, metadata: { from: "webhook" } };
    await using project = await startPushedProject({ environment: { VENDOR_WEBHOOK_INPUT: JSON.stringify(input) } });
    await project.pass(renderingSeconds);
    const output = { polls: 1, deleted: "yes", metadata: input.metadata };
    expect(await project.executions()).toMatchObject([{ status: "SUCCEEDED", output }]);
    expect(project.harness.simulator.project(project.id)).toMatchObject({ deleted: true, deletes: 1 });
  });
});

describe("a project that fails", () => {
  it("fails its transfer by name, which is announced", async () => {
    await using project = await startPushedProject({ plan: { endIn: "error" } });
    const { id, receiver } = project;
    expect(await project.pass(renderingSeconds)).toMatchObject([{ type: "audio.errored", status: 202 }]);
    expect(await project.executions()).toMatchObject([{ status: "FAILED", error: "ProjectFailed" }]);
    expect(await project.deliveries()).toHaveLength(1);
    const [attempt, ...others] = receiver.attempts;
    expect(others).toEqual([]);
    const { type, data } = eventOf(attempt ?? expect.unreachable("nothing was announced"));
    expect([type, data.id, data.error?.name, data.polls]).toEqual(["transfer.failed", id, "ProjectFailed", 1]);
    expect(project.harness.simulator.project(id)).toMatchObject({ deleted: false, deletes: 0 });
  });

  it("starts nothing when it is canceled: the vendor tells nobody", async () => {
    await using project = await startPushedProject({ plan: { endIn: "canceled" } });
    expect(await project.pass(renderingSeconds)).toEqual([]);
    expect(await project.executions()).toEqual([]);
  });
});
