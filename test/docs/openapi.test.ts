import { fileURLToPath } from "node:url";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { apiRoutes, functionTimeoutSeconds, vendorWebhookRoute } from "../../functions/contract.ts";
import { largestBodyBytes } from "../../functions/domain/api-body.ts";
import {
  largestAnsweredBytes,
  mostAnsweredOutputs,
  reservedMilliseconds,
} from "../../functions/domain/api-deletion.ts";
import { longestRetryAfterSeconds } from "../../functions/domain/api-problem.ts";
import { longestEndpoint, mostEndpoints } from "../../functions/domain/endpoint.ts";
import {
  largestMetadataBytes,
  longestDeadlineSeconds,
  longestDirectory,
  longestId,
  parseInput,
} from "../../functions/domain/input.ts";
import { longestTransferName } from "../../functions/domain/transfer-name.ts";
import { openApi, operations, resolved, type Schema, schemaProblems } from "./openapi-document.ts";
import { docs } from "./page.ts";

const { schemas, parameters, headers } = openApi.components;

/** A schema of the document by its name. */
function schema(name: string): Schema {
  const found = schemas[name];
  if (found) return found;
  throw new Error(`no schema ${name}`);
}

describe("the OpenAPI document", () => {
  it("is OpenAPI 3.1", async () => {
    const validator = new Validator();
    expect(await validator.validate(fileURLToPath(new URL("openapi.json", docs)))).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  it("has exactly our routes, and all but the webhook are signed with AWS credentials", () => {
    expect(operations.map(([key]) => key).sort()).toEqual([...apiRoutes, vendorWebhookRoute].sort());
    const own = operations.filter(([, { security }]) => security).map(([key]) => key);
    expect(own).toEqual([vendorWebhookRoute]);
    expect(openApi).toMatchObject({ security: [{ sigv4: [] }] });
  });

  it("has only references that lead somewhere", () => {
    const references = [...JSON.stringify(openApi).matchAll(/"\$ref":"([^"]+)"/g)].map(([, $ref]) => ({ $ref }));
    expect(references.length).toBeGreaterThan(50);
    for (const reference of references) expect(resolved(reference)).not.toHaveProperty("$ref", reference.$ref);
  });

  const bodies = operations.flatMap(([key, { requestBody, responses }]) => [
    ...Object.entries(requestBody?.content ?? {}).map(([type, body]) => [`${key} ${type}`, body] as const),
    ...Object.entries(responses).flatMap(([status, response]) =>
      Object.entries(resolved(response).content ?? {}).map(
        ([type, body]) => [`${key} ${status} ${type}`, body] as const,
      ),
    ),
  ]);

  it.each(bodies)("has an example for %s, and all of them are right", (_, { schema: of, examples = {} }) => {
    expect(Object.keys(examples)).not.toEqual([]);
    for (const { value } of Object.values(examples)) expect(schemaProblems(of, value)).toEqual([]);
  });

  it.each(Object.entries({ ...parameters, ...headers }))("has a right example for %s", (_, { schema: of, example }) => {
    expect(schemaProblems(of, example)).toEqual([]);
  });

  it("says of every problem the status at which it stands, and names it", () => {
    for (const [, { responses }] of operations) {
      for (const [status, response] of Object.entries(responses)) {
        const { examples = {} } = resolved(response).content?.["application/problem+json"] ?? {};
        for (const { value } of Object.values(examples)) expect(value).toMatchObject({ status: Number(status) });
      }
    }
  });

  it("has our bounds", () => {
    expect(schema("ProjectId")).toMatchObject({ minLength: 1, maxLength: longestId });
    expect(schema("DownloadDirectory")).toMatchObject({ minLength: 1, maxLength: longestDirectory });
    expect(schema("Endpoint")).toMatchObject({ maxLength: longestEndpoint });
    expect(schema("TransferInput").properties).toMatchObject({
      deadlineSeconds: { minimum: 1, maximum: longestDeadlineSeconds },
      notify: { maxItems: mostEndpoints },
      metadata: { "x-maxBytesAsJson": largestMetadataBytes },
    });
    expect(parameters["IdempotencyKey"]?.schema).toMatchObject({ minLength: 1, maxLength: longestTransferName });
    expect(parameters["Name"]?.schema).toMatchObject({ maxLength: longestTransferName });
    expect(headers["RetryAfter"]?.schema).toMatchObject({ minimum: 1, maximum: longestRetryAfterSeconds });
    const text = JSON.stringify(openApi);
    expect(text).toContain(`At most ${largestBodyBytes.toLocaleString("en-US")} bytes, JSON in UTF-8.`);
    const seconds = functionTimeoutSeconds.api - reservedMilliseconds / 1_000;
    const bound = `more than ${largestAnsweredBytes / 1_024 ** 2} MiB or ${mostAnsweredOutputs} outputs, or ${seconds} seconds`;
    expect(text).toContain(bound);
  });

  it("takes exactly the fields of an input", () => {
    expect(Object.keys(schema("TransferInput").properties ?? {}).sort()).toEqual(
      Object.keys(parseInput({ id: "cm1" })).sort(),
    );
    const defaults = Object.entries(schema("TransferInput").properties ?? {}).filter(([, of]) => "default" in of);
    expect(parseInput({ id: "cm1" })).toMatchObject(
      Object.fromEntries(defaults.map(([name, of]) => [name, (of as { default: unknown }).default])),
    );
  });
});
