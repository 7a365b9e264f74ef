import { describe, expect, it } from "vitest";
import { InvalidInput } from "../../../functions/domain/errors.ts";
import { parseVendorWebhookInput } from "../../../functions/domain/vendor-webhook-input.ts";

describe("the input that webhook-started transfers share", () => {
  it("is nothing by default, and what was given as it was given", () => {
    expect(parseVendorWebhookInput(undefined)).toEqual({});
    expect(parseVendorWebhookInput("")).toEqual({});
    const given = { deleteAfterDownload: true, deadlineSeconds: 60, metadata: { from: "webhook" } };
    expect(parseVendorWebhookInput(JSON.stringify(given))).toEqual(given);
  });

  it.each([
    ["no JSON", "{", "must be JSON"],
    ["null", "null", "must be a JSON object such as"],
    ["a list", "[]", "must be a JSON object such as"],
    ["a text", '"x"', "must be a JSON object such as"],
    ["an id", '{"id":"cm3abc"}', "id: cannot be the same for every project"],
    ["one directory for all", '{"downloadDirectory":"all"}', "downloadDirectory: cannot be the same for every project"],
    ["an unknown field", '{"directory":"all"}', '"directory": unknown field'],
    ["a wrong type", '{"deleteAfterDownload":"yes"}', "deleteAfterDownload: must be true or false"],
    [
      "too long a deadline",
      '{"deadlineSeconds":31449601}',
      "deadlineSeconds: must be a whole number from 1 to 31449600",
    ],
    ["deletion of what is not copied", '{"deleteAfterDownload":true,"downloadOutputs":false}', "needs downloadOutputs"],
  ])("is refused: %s", (_, text, message) => {
    expect(() => parseVendorWebhookInput(text)).toThrow(InvalidInput);
    expect(() => parseVendorWebhookInput(text)).toThrow(message);
  });
});
