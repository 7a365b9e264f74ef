import { Match } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { apiRoutes, vendorWebhookRoute } from "../../../functions/contract.ts";
import { environmentOf, readable, synthesizedTemplate } from "./synthesized-stack.ts";

const template = synthesizedTemplate();
const routes = Object.values(template.findResources("AWS::ApiGatewayV2::Route")).map(({ Properties }) => Properties);
const [stage = {}] = Object.values(template.findResources("AWS::ApiGatewayV2::Stage"));

test("the API has exactly the contract's routes; every one but the vendor's wants AWS credentials", () => {
  const authorization = Object.fromEntries(routes.map((route) => [route.RouteKey, route.AuthorizationType]));
  expect(authorization).toEqual({
    ...Object.fromEntries(apiRoutes.map((route) => [route, "AWS_IAM"])),
    [vendorWebhookRoute]: "NONE",
  });
});

test("each route leads to its function, in payload format 2.0", () => {
  const integrations = template.findResources("AWS::ApiGatewayV2::Integration");
  for (const { RouteKey, Target } of routes) {
    const id = Target["Fn::Join"][1][1].Ref as string;
    const name = RouteKey === vendorWebhookRoute ? "ApiReceiveWebhook" : "Api";
    expect(integrations[id]?.["Properties"]).toMatchObject({
      PayloadFormatVersion: "2.0",
      IntegrationType: "AWS_PROXY",
      IntegrationUri: { "Fn::GetAtt": [expect.stringMatching(`^AudioTransfer${name}Function`), "Arn"] },
    });
  }
});

test("there is no CORS", () => {
  template.hasResourceProperties("AWS::ApiGatewayV2::Api", {
    ProtocolType: "HTTP",
    CorsConfiguration: Match.absent(),
  });
});

test("the stage is throttled, and the public route, which is there before it, more tightly", () => {
  expect(stage["Properties"]).toMatchObject({
    StageName: "$default",
    AutoDeploy: true,
    DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
    RouteSettings: { [vendorWebhookRoute]: { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 } },
  });
  expect(stage["DependsOn"]).toContainEqual(expect.stringMatching(/POSTwebhooksmagichour[0-9A-F]{8}$/));
});

test("the public route is never throttled less than the others, and one number alone can be given", () => {
  const own = synthesizedTemplate({ throttling: { rateLimit: 4 } });
  own.hasResourceProperties("AWS::ApiGatewayV2::Stage", {
    DefaultRouteSettings: { ThrottlingRateLimit: 4, ThrottlingBurstLimit: 100 },
    RouteSettings: { [vendorWebhookRoute]: { ThrottlingRateLimit: 4, ThrottlingBurstLimit: 20 } },
  });
});

test("the access log is JSON without paths, query strings and headers", () => {
  const { DestinationArn, Format } = stage["Properties"].AccessLogSettings;
  expect(readable(DestinationArn)).toBe("<AudioTransferApiAccessLog.Arn>");
  const fields: Record<string, string> = JSON.parse(Format);
  expect(fields).toMatchObject({ routeKey: "$context.routeKey", status: "$context.status" });
  for (const value of Object.values(fields)) {
    expect(value).toMatch(/^\$context\.[a-zA-Z.]+$/);
    expect(value).not.toMatch(/path|query|header|userAgent|domainName|body/i);
  }
});

test("its functions know what they work on, and no more", () => {
  expect(environmentOf(template, "Api")).toEqual({
    MAGIC_HOUR_API_KEY_SECRET_ARN: "<AudioTransferApiKey>",
    OUTPUT_BUCKET: "<AudioTransferBucket>",
    TRANSFER_STATE_MACHINE_ARN: "<AudioTransferWorkflowStateMachine>",
    NOTIFY_HOSTS: "*",
  });
  expect(environmentOf(template, "ApiReceiveWebhook")).toEqual({
    TRANSFER_STATE_MACHINE_ARN: "<AudioTransferWorkflowStateMachine>",
    VENDOR_WEBHOOK_SECRET_ARN: "<AudioTransferApiVendorWebhookSecret>",
    VENDOR_WEBHOOK_INPUT: "{}",
  });
});

test("the vendor's webhook starts transfers with the configured input, and is checked by the configured secret", () => {
  const vendorWebhookSecretArn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:vendor-AbCdEf";
  const vendorWebhookInput = { deleteAfterDownload: true, metadata: { via: "webhook" } };
  const own = synthesizedTemplate({ vendorWebhookSecretArn, vendorWebhookInput });
  const { VENDOR_WEBHOOK_INPUT = "", VENDOR_WEBHOOK_SECRET_ARN } = environmentOf(own, "ApiReceiveWebhook");
  expect(JSON.parse(VENDOR_WEBHOOK_INPUT)).toEqual(vendorWebhookInput);
  expect(VENDOR_WEBHOOK_SECRET_ARN).toBe(vendorWebhookSecretArn);
  own.resourceCountIs("AWS::SecretsManager::Secret", 2);
});

test("outputs say where the API is and what the vendor is given", () => {
  const outputs = Object.entries(template.findOutputs("*")).map(([name, { Value }]) => [name, readable(Value)]);
  expect(Object.fromEntries(outputs)).toMatchObject({
    ApiUrl: "<AudioTransferApiHttpApi.ApiEndpoint>",
    VendorWebhookUrl: "<AudioTransferApiHttpApi.ApiEndpoint>/webhooks/magic-hour",
    VendorWebhookSecretArn: "<AudioTransferApiVendorWebhookSecret>",
  });
});

test("without the vendor's webhook there is no public route, no function and no secret for it", () => {
  const own = synthesizedTemplate({ vendorWebhook: false });
  own.allResourcesProperties("AWS::ApiGatewayV2::Route", { AuthorizationType: "AWS_IAM" });
  own.resourceCountIs("AWS::ApiGatewayV2::Route", apiRoutes.length);
  own.resourceCountIs("AWS::Lambda::Function", 8);
  own.resourceCountIs("AWS::SecretsManager::Secret", 2);
  expect(Object.keys(own.findOutputs("*"))).not.toContain("VendorWebhookUrl");
});

test("without the HTTP API there is nothing public at all", () => {
  const own = synthesizedTemplate({ httpApi: false });
  expect(JSON.stringify(own.toJSON())).not.toMatch(/ApiGateway|apigateway|execute-api|VendorWebhook/);
  own.resourceCountIs("AWS::Lambda::Function", 7);
  expect(Object.keys(own.findOutputs("*"))).not.toContain("ApiUrl");
});
