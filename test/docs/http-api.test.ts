/** Runs every block of docs/http-api.md, in its order, against the embedded cloud. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { apiRoutes } from "../../functions/contract.ts";
import { localStateMachineArn } from "../../lib/local/local-machines.ts";
import { executionArn } from "../../lib/local/workflows/arns.ts";
import { TransferHarness } from "../support/transfer-harness.ts";
import { docs } from "./page.ts";

/** A block of the page: a request, or the answer to the one before. */
interface Message {
  /** `POST /transfers`, or `202`. */
  readonly first: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function messageOf(block: string): Message {
  const [head = "", body = ""] = block.split(/\n\n([\s\S]*)/);
  const [first = "", ...lines] = head.split("\n");
  return { first, headers: Object.fromEntries(lines.map((line) => line.split(/: (.*)/).slice(0, 2))), body };
}

const page = readFileSync(new URL("http-api.md", docs), "utf8");
const messages = [...page.matchAll(/^```http\n(.*?)\n```$/gms)].map(([, block = ""]) => messageOf(block));
const exchanges = messages.flatMap((request, position) => {
  const answer = messages[position + 1];
  return answer && position % 2 === 0 ? [{ request, answer }] : [];
});

/** A text without what differs from run to run: the ids, hashes in names, times. */
function settled(text: string, ids: Readonly<Record<string, string>>): string {
  return Object.entries(ids)
    .reduce((rest, [placeholder, id]) => rest.replaceAll(id, placeholder), text)
    .replace(/(?<=-)[0-9a-f]{15}\b/g, "<hash>")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>");
}

test("the page shows every route", () => {
  const shown = exchanges.map(({ request }) => request.first.replace(/\?.*/, ""));
  const routes = shown.map((line) => line.replace(/(?<=transfers\/).+/, "{name}").replace(/(?<=projects\/).+/, "{id}"));
  expect([...new Set(routes)].sort()).toEqual([...apiRoutes].sort());
  expect(messages).toHaveLength(2 * exchanges.length);
});

test("every request of the page is answered as the page says", async () => {
  await using harness = await TransferHarness.start();
  const { httpApi, workflows } = harness.cloud;
  const plan = { outputs: 2, name: "demo" };
  const ids = { "<id>": harness.simulator.createProject(plan), "<other-id>": harness.simulator.createProject(plan) };
  const filled = (text: string) => text.replaceAll("<id>", ids["<id>"]).replaceAll("<other-id>", ids["<other-id>"]);
  for (const { request, answer } of exchanges) {
    const [method = "", path = ""] = filled(request.first).split(" ");
    const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, filled(value)]);
    const response = await fetch(httpApi.url + path, {
      method,
      headers,
      ...(request.body && { body: filled(request.body) }),
    });
    const text = await response.text();
    expect(`${response.status} ${settled(text, ids)}`, request.first).toContain(`${answer.first} `);
    for (const [name, value] of Object.entries(answer.headers)) {
      expect(settled(response.headers.get(name) ?? "", ids), `${request.first}: ${name}`).toBe(settled(value, {}));
    }
    if (answer.body === "") expect(text).toBe("");
    else {
      const [documented, real] = [answer.body, text].map((json) => JSON.parse(settled(json, ids)) as object);
      // One member alone stands for all that an earlier answer showed.
      if (documented && Object.keys(documented).length > 1) expect(real, request.first).toEqual(documented);
      else expect(real, request.first).toMatchObject(documented ?? {});
    }
    const started = response.status === 202 ? (JSON.parse(text) as { name: string }).name : undefined;
    if (started) await workflows.completion(executionArn(localStateMachineArn, started));
  }
  expect(harness.simulator.project(ids["<id>"])).toMatchObject({ deletes: 1, deleted: true });
  expect(harness.simulator.project(ids["<other-id>"])).toMatchObject({ deletes: 1, deleted: true });
});
