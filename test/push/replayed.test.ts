/** One webhook, again and again: by a vendor whose answers are lost, or by somebody who has seen it. */
import { describe, expect, it } from "vitest";
import { eventBody, webhookRequest } from "../support/vendor-webhook.ts";
import { renderingSeconds, startPushedProject } from "./pushed-project.ts";

describe("a webhook that comes ten times", () => {
  it("starts one transfer, while it runs and when it is over", async () => {
    await using project = await startPushedProject({ lose: () => true });
    const { harness, id } = project;
    harness.skip(renderingSeconds);
    const request = webhookRequest({ body: eventBody("audio.completed", id), at: harness.now() });
    const first = await Promise.all(Array.from({ length: 10 }, () => project.send(request)));
    expect(first).toContain(202);
    expect(first.filter((status) => status !== 202 && status !== 200)).toEqual([]);
    expect(await project.executions()).toMatchObject([{ status: "SUCCEEDED", output: { polls: 1 } }]);
    const again = await Promise.all(Array.from({ length: 10 }, () => project.send(request)));
    expect(new Set(again)).toEqual(new Set([200]));
    expect(await project.executions()).toHaveLength(1);
    expect(await project.deliveries()).toHaveLength(1);
  });

  it("starts one transfer when each is signed anew, as the vendor's later attempts are", async () => {
    await using project = await startPushedProject({ lose: () => true });
    const { harness, id } = project;
    harness.skip(renderingSeconds);
    for (let nth = 0; nth < 10; nth += 1) {
      const body = eventBody("audio.completed", id, { downloads: [{ url: `https://example.com/${nth}` }] });
      expect(await project.send(webhookRequest({ body, at: harness.now() }))).toBeOneOf([200, 202]);
      harness.skip(3_600);
    }
    expect(await project.executions()).toHaveLength(1);
  });
});
