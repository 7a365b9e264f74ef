/** The verifiers of the page, taken out of it and run. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeBlock } from "./page.ts";
import { caseBody, type WebhookCase, webhookCases } from "./webhook-cases.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "verifiers-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A verifier of the page: gives the event, or throws. */
type Verifier = (key: string, headers: Readonly<Record<string, string>>, body: string | Uint8Array) => unknown;

async function fromPage(name: string): Promise<Verifier> {
  const file = join(directory, `${name}.ts`);
  writeFileSync(file, codeBlock("ts", `function ${name}(`));
  const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Record<string, Verifier>;
  const verify = module[name];
  if (verify === undefined) throw new Error(`the block does not export ${name}`);
  return verify;
}

/** The names of the cases that a verifier believes, checked to give the event. */
function believed(verify: Verifier, cases: readonly WebhookCase[], asBytes: boolean): string[] {
  return cases
    .filter(({ secret, headers, body }) => {
      try {
        expect(verify(secret, headers, asBytes ? Buffer.from(body) : body)).toEqual(JSON.parse(caseBody));
        return true;
      } catch (error) {
        if (error instanceof Error && error.message.startsWith("not a webhook")) return false;
        throw error;
      }
    })
    .map(({ name }) => name);
}

const genuineNames = (cases: readonly WebhookCase[]) =>
  cases.filter(({ isGenuine }) => isGenuine).map(({ name }) => name);

/** The pair that the page's command makes. */
function pairFromPage() {
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` };
  const [privateKey = "", publicKey = ""] = execFileSync("sh", ["-ec", codeBlock("sh", "generateKeyPairSync")], { env })
    .toString()
    .split("\n");
  return { privateKey, publicKey };
}

describe.each([true, false])("the verifiers in TypeScript, given bytes: %s", (asBytes) => {
  it("believe what we sign, and nothing else", async () => {
    const cases = webhookCases();
    expect(believed(await fromPage("verifyWebhook"), cases, asBytes)).toEqual(genuineNames(cases));
  });

  it("believe by the public key what the private one of the page's command signs, and nothing else", async () => {
    const pair = pairFromPage();
    expect(pair.privateKey).toMatch(/^whsk_/);
    expect(pair.publicKey).toMatch(/^whpk_/);
    const cases = webhookCases(pair);
    expect(believed(await fromPage("verifyAsymmetricWebhook"), cases, asBytes)).toEqual(genuineNames(cases));
  });
});

describe("the verifier in Python", () => {
  it("believes what we sign, and nothing else", () => {
    const cases = webhookCases();
    writeFileSync(join(directory, "verifier.py"), codeBlock("python"));
    const script = `
import json, sys
from verifier import verify_webhook
def believes(case):
    try:
        event = verify_webhook(case["secret"], case["headers"], case["body"].encode())
    except (KeyError, ValueError):
        return False
    assert event == json.loads(case["body"])
    return True
print(json.dumps([case["name"] for case in json.load(sys.stdin) if believes(case)]))`;
    const output = execFileSync("python3", ["-c", script], { cwd: directory, input: JSON.stringify(cases) });
    expect(JSON.parse(output.toString())).toEqual(genuineNames(cases));
  });
});
