/** The commands of docs/operations.md, run by the shell with a stand-in for the AWS CLI, and shown to the real one. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { textNames } from "../../lib/cloud/config.ts";
import { numberNames } from "../../lib/cloud/settings.ts";
import { synthesizedTemplate } from "../lib/cloud/synthesized-stack.ts";
import { commandBlocks, lineRows, operations } from "./operations-page.ts";

describe("the commands", () => {
  const directory = mkdtempSync(join(tmpdir(), "operations-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const record = join(directory, "record");

  // Stand-ins: `aws` writes down what it is called with and answers as far as the next command needs it.
  writeFileSync(
    join(directory, "aws"),
    `#!/bin/sh
printf '%s\\0' "$@" end-of-call >> "${record}"
case "$1 $2 $*" in
  "stepfunctions list-executions "*) printf 'arn:one\\tarn:two\\n' ;;
  "stepfunctions describe-execution "*"--query error"*) echo Unauthorized ;;
  "stepfunctions describe-execution "*) echo '{"id":"cm3abc"}' ;;
  "logs get-query-results "*) echo Complete ;;
  "cloudformation list-stack-resources "*) printf 'group-1\\tgroup-2\\n' ;;
  *) echo value ;;
esac
`,
    { mode: 0o755 },
  );
  writeFileSync(join(directory, "npx"), "#!/bin/sh\n", { mode: 0o755 });
  const [setUp = "", ...others] = commandBlocks;

  /** What `aws` is called with by a block, after the first one. */
  function callsOf(block: string): string[][] {
    writeFileSync(record, "");
    const known = "machine=arn:machine execution=arn:execution rule=rule-name";
    const script = [setUp, known, block].join("\n").replaceAll(/<[^<>=]+>/g, "cm3abc");
    execFileSync("sh", ["-euc", script], { env: { PATH: `${directory}:${process.env["PATH"]}` }, stdio: "pipe" });
    const parts = readFileSync(record, "utf8").split("\0").slice(0, -1);
    const calls: string[][] = [[]];
    for (const part of parts) part === "end-of-call" ? calls.push([]) : calls.at(-1)?.push(part);
    return calls.slice(0, -1);
  }

  it("run in a shell, and name what they are to", () => {
    expect(others.length).toBeGreaterThan(30);
    const quiet = others.filter((block) => !block.includes("npx") && callsOf(block).length === 0);
    expect(quiet).toEqual([]);
  });

  it("start again what failed with one error, with its own input", () => {
    const block = others.find((code) => code.includes("while read")) ?? "";
    const started = callsOf(block).filter(([, operation]) => operation === "start-execution");
    expect(started.map((call) => call.slice(2))).toEqual(
      ["arn:one", "arn:two"].map(() => ["--state-machine-arn", "value", "--input", '{"id":"cm3abc"}']),
    );
  });

  it("ask all logs of the stack", () => {
    const block = others.find((code) => code.includes('"swept" or level')) ?? "";
    const asked = callsOf(block).find(([, operation]) => operation === "start-query") ?? [];
    expect(asked.slice(asked.indexOf("--log-group-names") + 1)).toEqual(["group-1", "group-2"]);
    const time = (option: string) => Number(asked[asked.indexOf(option) + 1]);
    expect(time("--end-time") - time("--start-time")).toBeGreaterThanOrEqual(259_200);
  });

  it("ask for facts that lines have, or that Lambda adds to an error", () => {
    const asked = commandBlocks.flatMap((block) =>
      [...block.matchAll(/\bmessage\.(\w+)/g)].map(([, fact = ""]) => fact),
    );
    const known = [...lineRows.flatMap(({ facts }) => facts), "message", "errorType", "errorMessage", "name"];
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter((fact) => !known.includes(fact))).toEqual([]);
    const said = commandBlocks.flatMap((block) =>
      [...block.matchAll(/message\.message = "([^"]+)"/g)].map(([, one]) => one),
    );
    const lines = lineRows.flatMap((row) => row.lines);
    expect(said.filter((line = "") => !lines.includes(line))).toEqual([]);
  });

  it("show an error by its own name: bundles are minified, and Lambda takes the type from the class", () => {
    const shown = commandBlocks.join("\n");
    const [bare, named] = [/message\.errorType/g, /coalesce\(message\.name, message\.errorType\) as error\b/g];
    expect(shown.match(named)?.length).toBeGreaterThan(3);
    expect(shown.match(bare)?.length).toBe(shown.match(named)?.length);
  });

  it("come back with every setting that was there, and with keys of one's own", () => {
    const block = others.find((code) => code.startsWith("npx cdk deploy -c bucketName")) ?? "";
    const named = [...block.matchAll(/-c (\w+)=/g)].map(([, name = ""]) => name);
    const kept = Object.keys(synthesizedTemplate().findOutputs("*")).filter((name) => name.endsWith("SecretArn"));
    expect(named).toEqual(expect.arrayContaining(["deleteAfterDays", "bucketKeyArn", "secretsKeyArn"]));
    expect(kept.filter((name) => !block.includes(`<${name}>`))).toEqual([]);
    expect(kept).toHaveLength(3);
  });

  it("and the text name what can be configured", () => {
    const inCommands = [...operations.matchAll(/-c (\w+)=/g)].map(([, name = ""]) => name);
    const inText = [...operations.matchAll(/`([a-z]\w*(?:Seconds|Minutes|Days))`/g)].map(([, name = ""]) => name);
    expect([inCommands.length > 4, inText.length > 4]).toEqual([true, true]);
    const known: string[] = [...textNames, ...numberNames, "vendorWebhook"];
    expect([...inCommands, ...inText].filter((name) => !known.includes(name))).toEqual([]);
  });

  const hasCli = (() => {
    try {
      execFileSync("python3", ["-c", "import awscli.clidriver"], { stdio: "pipe" });
      return true;
    } catch {
      return false;
    }
  })();

  it.skipIf(!hasCli)(
    "are calls that the AWS CLI takes, by its own models of the services (needs its Python package)",
    () => {
      const calls = others.flatMap(callsOf);
      const distinct = [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
      const file = join(directory, "calls.json");
      writeFileSync(file, JSON.stringify(distinct));
      // The CLI reads, checks and serializes each call, and then is told that it was answered.
      const script = `
import contextlib, io, json, os, sys
import botocore.endpoint
from awscli.clidriver import create_clidriver
class Answer: status_code = 200
botocore.endpoint.Endpoint.make_request = lambda *_: (Answer, {"ResponseMetadata": {}})
driver, refused = create_clidriver(), []
for call in json.load(open(sys.argv[1])):
    call = [word.replace("/dev/stdout", os.devnull).replace("/dev/stdin", sys.argv[1]) for word in call]
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try: code = driver.main(call + ["--region", "us-east-1"])
        except SystemExit as stop: code = stop.code
    if code != 0: refused.append([call, said.getvalue()])
print(json.dumps(refused))`;
      const env = { ...process.env, AWS_ACCESS_KEY_ID: "none", AWS_SECRET_ACCESS_KEY: "none" };
      const refused = execFileSync("python3", ["-c", script, file], { env, stdio: "pipe" });
      expect(JSON.parse(refused.toString())).toEqual([]);
      expect(distinct.length).toBeGreaterThan(40);
    },
  );
});
