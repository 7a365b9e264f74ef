/** The metric filters against the lines of the function for the vendor's webhooks, and of the HTTP API's access log. */
import { App, Stack } from "aws-cdk-lib";
import { describe, expect, test } from "vitest";
import { apiRoutes, environmentNames, vendorWebhookRoute } from "../../../../functions/contract.ts";
import { createReceiveWebhook } from "../../../../functions/receive-webhook.ts";
import { AccessLog } from "../../../../lib/cloud/access-log.ts";
import { localEnvironment, runAwsJson } from "../../../functions/adapters/running-aws-json.ts";
import { foreignLines, lambdaLine } from "../../../support/lambda-line.ts";
import { eventBody, timeLeft, vendorSecret, webhookRequest } from "../../../support/vendor-webhook.ts";
import { publishedFor } from "./metric-filters.ts";
import { watchedTemplate } from "./watched-stack.ts";

const template = watchedTemplate();

test("webhooks are counted, believed or refused", async () => {
  const machine = "arn:aws:states:us-east-1:000000000000:stateMachine:audio-transfer";
  const { url } = await runAwsJson(() => ({ body: { executionArn: `${machine}:x`, startDate: 1 } }));
  const log: object[] = [];
  const keep = (line: object) => void log.push(line);
  const receive = createReceiveWebhook(
    {
      ...localEnvironment,
      AWS_ENDPOINT_URL_SFN: url,
      [environmentNames.transferStateMachine]: machine,
      [environmentNames.vendorWebhookSecret]: vendorSecret,
    },
    { now: Date.now, random: Math.random, sink: { info: keep, warn: keep } },
  );
  const answers = [
    await receive(webhookRequest({ body: eventBody("audio.completed", "cm3abc") }), timeLeft()),
    await receive(webhookRequest({ body: eventBody("audio.started", "cm3abc") }), timeLeft()),
    await receive(webhookRequest({ body: eventBody("audio.completed", "cm3abc"), secret: "another" }), timeLeft()),
    await receive(webhookRequest({ body: "{}" }), timeLeft()),
  ];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 204, 401, 400]);
  expect(publishedFor(template, [...foreignLines, ...log.map((line) => lambdaLine(line))])).toEqual({
    WebhooksReceived: [1, 1],
    WebhooksRefused: [1, 1],
  });
});

describe("the access log", () => {
  const { format } = new AccessLog(new Stack(new App()), "AccessLog").settings;

  /** A line as API Gateway writes it: the format, with each `$context.…` in it replaced. */
  const line = (routeKey: string, status: number) => {
    const values: Record<string, string> = { routeKey, status: String(status) };
    return String(format?.toString()).replaceAll(/\$context\.([\w.]+)/g, (_, name: string) => values[name] ?? "-");
  };
  const published = (lines: readonly string[]) => publishedFor(template, [...foreignLines, ...lines]);

  test.each(apiRoutes)("%s: 5xx count for the API", (route) => {
    expect(published([500, 503, 504].map((status) => line(route, status)))).toEqual({ ApiServerErrors: [1, 1, 1] });
  });

  test("5xx of the vendor's webhooks count for themselves", () => {
    expect(published([line(vendorWebhookRoute, 500), line(vendorWebhookRoute, 503)])).toEqual({
      WebhookServerErrors: [1, 1],
    });
  });

  test("a request to no route that fails counts for the API", () => {
    expect(published([line("-", 500)])).toEqual({ ApiServerErrors: [1] });
  });

  test("other answers do not count", () => {
    const statuses = [200, 202, 204, 400, 401, 403, 404, 409, 429];
    const lines = [...apiRoutes, vendorWebhookRoute].flatMap((route) => statuses.map((status) => line(route, status)));
    expect(published(lines)).toEqual({});
  });
});
