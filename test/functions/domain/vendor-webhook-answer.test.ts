import { describe, expect, it } from "vitest";
import { BodyTooLarge } from "../../../functions/domain/api-errors.ts";
import { InvalidInput, WorkflowsUnavailable } from "../../../functions/domain/errors.ts";
import { refusalOf } from "../../../functions/domain/vendor-webhook-answer.ts";
import { SignatureRefused, WebhookNotTaken } from "../../../functions/domain/vendor-webhook-errors.ts";
import { everythingIn } from "../../support/everything-in.ts";

describe("the refusal of a webhook", () => {
  it.each([
    [new SignatureRefused("wrong signature"), 401, "Unauthorized", { "www-authenticate": "Magic-Hour" }],
    [new InvalidInput("type: must be a string"), 400, "Bad Request", {}],
    [new BodyTooLarge("the body must be at most 262144 bytes"), 413, "Content Too Large", {}],
    [new WebhookNotTaken("no answer in time"), 503, "Service Unavailable", { "retry-after": "10" }],
    [new WorkflowsUnavailable("x was not started: Error: y"), 503, "Service Unavailable", { "retry-after": "10" }],
  ])("says what to do, and tells the log why: %s", (error, status, title, headers) => {
    const { answer, reason } = refusalOf(error);
    expect(answer).toMatchObject({ status, headers, contentType: "application/problem+json" });
    expect(answer.content).toMatchObject({ type: "about:blank", title, status });
    expect(reason).toBe(error.message);
  });

  it.each([new TypeError("cannot read SECRET"), "SECRET", undefined])(
    "says nothing of what nobody expected",
    (error) => {
      const refusal = refusalOf(error);
      expect(refusal.answer).toMatchObject({ status: 500, content: { error: "InternalError" } });
      expect(refusal.reason).toBe(error instanceof Error ? "TypeError" : "Error");
      expect(everythingIn(refusal)).not.toContain("SECRET");
    },
  );
});
