import {
  EventBridgeClient,
  type EventBridgeClientConfig,
  ListEventBusesCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from "@aws-sdk/client-eventbridge";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { BusEvent } from "../../../../lib/local/event-bus/bus-event.ts";
import { type EventBusEndpoint, startEventBusEndpoint } from "../../../../lib/local/event-bus/event-bus-endpoint.ts";
import { eventBusArn } from "../../../../lib/local/event-bus/event-buses.ts";
import { warningsOf } from "./process-warnings.ts";

const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
let told: BusEvent[];
let endpoint: EventBusEndpoint;
let client: EventBridgeClient;

beforeEach(async () => {
  told = [];
  endpoint = await startEventBusEndpoint({ buses: ["transfers"], onEvent: (event) => told.push(event) });
  client = clientOf({ endpoint: endpoint.url });
});

afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

function clientOf(config: EventBridgeClientConfig): EventBridgeClient {
  return new EventBridgeClient({ region: "us-east-1", credentials, maxAttempts: 1, ...config });
}

function entry(more: PutEventsRequestEntry = {}): PutEventsRequestEntry {
  return { Source: "audio-transfer", DetailType: "transfer.completed", Detail: '{"id":"a"}', ...more };
}

async function put(...entries: PutEventsRequestEntry[]) {
  const { FailedEntryCount, Entries } = await client.send(new PutEventsCommand({ Entries: entries }));
  return { FailedEntryCount, Entries };
}

const refused = (name: string, message: RegExp) =>
  expect.objectContaining({
    name,
    message: expect.stringMatching(message),
    $metadata: expect.objectContaining({ httpStatusCode: 400 }),
  });

describe("events", () => {
  test("arrive with all their fields, as targets see them", async () => {
    const Resources = ["arn:aws:s3:::bucket/manifest.json"];
    const Time = new Date("2026-11-02T03:04:05.678Z");
    const Detail = '{"type":"transfer.completed","data":{"outputs":[1,null]}}';
    const { FailedEntryCount, Entries = [] } = await put(entry({ Resources, Time, Detail }));
    expect([FailedEntryCount, Entries.length]).toEqual([0, 1]);
    expect(Entries[0]?.EventId).toMatch(UUID);
    expect(endpoint.events).toEqual([
      {
        bus: "default",
        version: "0",
        id: Entries[0]?.EventId,
        "detail-type": "transfer.completed",
        source: "audio-transfer",
        account: "000000000000",
        time: "2026-11-02T03:04:05Z",
        region: "us-east-1",
        resources: Resources,
        detail: { type: "transfer.completed", data: { outputs: [1, null] } },
      },
    ]);
    expect(told).toEqual(endpoint.events);
  });

  test("have the time at which they were put and no resources, unless they say so", async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    await put(entry());
    const [event] = endpoint.events;
    expect(event?.resources).toEqual([]);
    expect(event?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Date.parse(event?.time ?? "")).toBeGreaterThanOrEqual(before);
  });

  test("go to a bus by its name or its ARN, in the order of the request", async () => {
    const buses = [undefined, "default", eventBusArn("default"), "transfers", eventBusArn("transfers")];
    const { Entries = [] } = await put(...buses.map((EventBusName) => entry({ EventBusName })));
    expect(endpoint.events.map(({ bus }) => bus)).toEqual(["default", "default", "default", "transfers", "transfers"]);
    expect(endpoint.events.map(({ id }) => id)).toEqual(Entries.map(({ EventId }) => EventId));
    expect(new Set(Entries.map(({ EventId }) => EventId)).size).toBe(5);
  });

  test.each(["elsewhere", eventBusArn("elsewhere"), eventBusArn("default").replace("us-east-1", "eu-west-1")])(
    "for the bus %s, which is not here, are taken and lost, with a process warning",
    async (EventBusName) => {
      const warnings = await warningsOf(async () => {
        const { FailedEntryCount, Entries = [] } = await put(entry({ EventBusName }), entry());
        expect(FailedEntryCount).toBe(0);
        expect(Entries.map(({ EventId }) => EventId)).toEqual([
          expect.stringMatching(UUID),
          expect.stringMatching(UUID),
        ]);
      });
      expect(warnings).toEqual([expect.stringContaining(`no event bus '${EventBusName}'`)]);
      expect(endpoint.events.map(({ bus }) => bus)).toEqual(["default"]);
    },
  );

  test("are kept up to the newest 1,000", async () => {
    const ten = (tens: number) =>
      Array.from({ length: 10 }, (_, one) => entry({ DetailType: String(tens * 10 + one) }));
    for (let tens = 0; tens <= 100; tens += 1) await put(...ten(tens));
    expect([endpoint.events.length, told.length]).toEqual([1000, 1010]);
    expect([endpoint.events[0]?.["detail-type"], endpoint.events.at(-1)?.["detail-type"]]).toEqual(["10", "1009"]);
  });

  test("reach the list although the observer throws", async () => {
    const throwing = await startEventBusEndpoint({
      onEvent: () => {
        throw new RangeError("observer");
      },
    });
    const other = clientOf({ endpoint: throwing.url });
    const warnings = await warningsOf(() => other.send(new PutEventsCommand({ Entries: [entry()] })));
    other.destroy();
    await throwing.close();
    expect(warnings).toEqual(["observer"]);
    expect(throwing.events).toHaveLength(1);
  });
});

describe("entries that fail by themselves", () => {
  const required = (name: string) => [
    "InvalidArgument",
    `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
  ];
  const malformed = ["MalformedDetail", "Detail is malformed."];

  test.each<[string, PutEventsRequestEntry, string[]]>([
    ["no source", { Source: undefined }, required("Source")],
    ["an empty source", { Source: "" }, required("Source")],
    ["no detail type", { DetailType: undefined }, required("DetailType")],
    ["no detail", { Detail: undefined }, required("Detail")],
    ["a detail that is no JSON", { Detail: "{" }, malformed],
    ["null as its detail", { Detail: "null" }, malformed],
    ["an array as its detail", { Detail: "[{}]" }, malformed],
    ["a text as its detail", { Detail: '"{}"' }, malformed],
    [
      "a source of AWS itself",
      { Source: "aws.s3" },
      ["NotAuthorizedForSourceException", "Not authorized for the source."],
    ],
    [
      "a detail type of 129 characters",
      { DetailType: "x".repeat(129) },
      ["InvalidArgument", "Parameter DetailType is not valid. Reason: DetailType must have at most 128 characters."],
    ],
  ])("one with %s", async (_what, wrong, [ErrorCode, ErrorMessage]) => {
    const { FailedEntryCount, Entries } = await put(entry(wrong), entry({ DetailType: "x".repeat(128) }));
    expect(FailedEntryCount).toBe(1);
    expect(Entries).toEqual([{ ErrorCode, ErrorMessage }, { EventId: expect.stringMatching(UUID) }]);
    expect(endpoint.events.map(({ id }) => id)).toEqual([Entries?.[1]?.EventId]);
  });
});

describe("requests that fail as a whole", () => {
  test("no entry, or more than ten", async () => {
    await expect(put()).rejects.toThrow(refused("ValidationException", /'entries'.*greater than or equal to 1$/));
    const eleven = Array.from({ length: 11 }, () => entry());
    await expect(put(...eleven)).rejects.toThrow(
      refused("ValidationException", /'entries'.*less than or equal to 10$/),
    );
    expect(endpoint.events).toEqual([]);
    expect((await put(...eleven.slice(1))).FailedEntryCount).toBe(0);
  });

  test("more than 1,048,576 bytes in all its entries, as EventBridge counts them", async () => {
    // 14 for the time, 14 + 18 for source and type, 4 for the resource, 8 around the text; "ü" is 2 bytes.
    const counted = (bytes: number) => {
      const Detail = JSON.stringify({ a: "ü".repeat((bytes - 58) / 2) });
      return entry({ Time: new Date(), Resources: ["éé"], Detail });
    };
    expect((await put(counted(524_288), counted(524_288))).FailedEntryCount).toBe(0);
    const tooLarge = refused("ValidationException", /^Total size of the entries in the request is over the limit\.$/);
    await expect(put(counted(524_288), counted(524_290))).rejects.toThrow(tooLarge);
    await expect(put(counted(1_048_578))).rejects.toThrow(tooLarge);
    expect(endpoint.events).toHaveLength(2);
  });

  test("a member out of its bounds", async () => {
    const pattern = refused("ValidationException", /EventBusName.*regular expression pattern/);
    await expect(put(entry({ EventBusName: "a b" }), entry())).rejects.toThrow(pattern);
    await expect(put(entry({ EventBusName: "" }))).rejects.toThrow(refused("ValidationException", /EventBusName/));
    expect(endpoint.events).toEqual([]);
  });

  test("another operation", async () => {
    await expect(client.send(new ListEventBusesCommand({}))).rejects.toThrow(
      refused("UnknownOperationException", /'AWSEvents\.ListEventBuses'/),
    );
  });

  test("without an Authorization header", async () => {
    const unsigned = clientOf({ endpoint: endpoint.url, signer: { sign: async (request) => request } });
    await expect(unsigned.send(new PutEventsCommand({ Entries: [entry()] }))).rejects.toThrow(
      refused("MissingAuthenticationTokenException", /Missing Authentication Token/),
    );
    unsigned.destroy();
    expect(endpoint.events).toEqual([]);
  });
});

describe("requests that no SDK sends", () => {
  const HEADERS = {
    authorization: "AWS4-HMAC-SHA256 Credential=local",
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "AWSEvents.PutEvents",
  };

  test.each<[string, Record<string, string>, string]>([
    ["UnknownOperationException", { "x-amz-target": "AWSStepFunctions.PutEvents" }, "{}"],
    ["UnknownOperationException", { "content-type": "application/x-amz-json-1.0" }, "{}"],
    ["SerializationException", {}, "{"],
    ["SerializationException", {}, '{"Entries":[{"Detail":{}}]}'],
    ["SerializationException", {}, '{"Entries":[{"Time":"2026-11-02T03:04:05Z"}]}'],
    ["SerializationException", {}, `{"Entries":[{"Detail":"${"x".repeat(8 * 1024 * 1024)}"}]}`],
    ["ValidationException", {}, "{}"],
    ["ValidationException", {}, '{"Entries":[{"Time":1e13}]}'],
  ])("%s for %j", async (type, headers, body) => {
    const response = await fetch(endpoint.url, { method: "POST", headers: { ...HEADERS, ...headers }, body });
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/x-amz-json-1.1");
    expect(await response.json()).toEqual({ __type: type, message: expect.any(String) });
  });

  test("null is a member that is not there", async () => {
    const body = JSON.stringify({ Entries: [{ ...entry(), EventBusName: null, Resources: null, Time: null }] });
    const response = await fetch(endpoint.url, { method: "POST", headers: HEADERS, body });
    expect(await response.json()).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: expect.stringMatching(UUID) }] });
  });

  test("another path or method", async () => {
    const response = await fetch(`${endpoint.url}/elsewhere`, { headers: { authorization: "x" } });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: "UnknownOperationException" });
  });
});

test("the SDK finds the endpoint by AWS_ENDPOINT_URL_EVENTBRIDGE, and a closed one takes nothing", async () => {
  vi.stubEnv("AWS_ENDPOINT_URL_EVENTBRIDGE", endpoint.url);
  const found = clientOf({});
  const command = new PutEventsCommand({ Entries: [entry()] });
  expect((await found.send(command)).FailedEntryCount).toBe(0);
  vi.unstubAllEnvs();
  await endpoint.close();
  await expect(found.send(command)).rejects.toThrow(/ECONNREFUSED|socket hang up|ECONNRESET/);
  found.destroy();
  expect(endpoint.events).toHaveLength(1);
});

test("a bus cannot have just any name", async () => {
  await expect(startEventBusEndpoint({ buses: [eventBusArn("transfers")] })).rejects.toThrow(RangeError);
});
