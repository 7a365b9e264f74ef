/** The commands of the page that do more than one call: run by the shell, with a stand-in for the AWS CLI. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deliveryNameOf } from "../../functions/domain/endpoint.ts";
import { messageIdOf } from "../../functions/domain/event.ts";
import { documentedEvents } from "./documented-transfers.ts";
import { codeBlock, codeBlocks } from "./page.ts";

describe("the commands that replay", () => {
  const input = JSON.stringify({ messageId: "msg_1", event: { name: "Grüße 🎧 $HOME \\ '" } });
  const machine = "arn:aws:states:us-east-1:123456789012:stateMachine:Deliveries";
  const name = deliveryNameOf(messageIdOf(documentedEvents["transfer.completed"]), "https://one.example/hooks");
  const arnOf = (execution: string) => `arn:aws:states:us-east-1:123456789012:execution:Deliveries:${execution}`;

  /** Runs a command with an `aws` that knows two failed executions; gives the arguments of each execution started. */
  function started(command: string): string[][] {
    const directory = mkdtempSync(join(tmpdir(), "aws-"));
    try {
      writeFileSync(join(directory, "input"), input);
      const aws = `#!/bin/sh
case "$2" in
  list-executions) printf '%s\\t%s\\n' ${arnOf(`${name}-replay-260101`)} ${arnOf("by-hand")} ;;
  describe-execution) cat "\${0%/*}/input" ;;
  start-execution) shift 2; printf '%s\\n' "$@" "" >> "\${0%/*}/started" ;;
  *) exit 1 ;;
esac`;
      writeFileSync(join(directory, "aws"), aws, { mode: 0o755 });
      const script = `machine=${machine} execution=${arnOf("by-hand")}\n${command.replace(/^machine=.*$/m, "")}`;
      execFileSync("sh", ["-euc", script], { env: { PATH: `${directory}:${process.env["PATH"]}` } });
      const calls = readFileSync(join(directory, "started"), "utf8").trim().split("\n\n");
      return calls.map((call) => call.split("\n"));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }

  it("start one again with its own input", () => {
    expect(started(codeBlock("sh", "machine=<DeliveryStateMachineArn>"))).toEqual([
      ["--state-machine-arn", machine, "--input", input],
    ]);
  });

  it("start each again, under a name of the day and within 80 characters", () => {
    const calls = started(codeBlock("sh", "while read"));
    expect(calls).toEqual(
      [name, "by-hand"].map((original) => [
        "--state-machine-arn",
        machine,
        "--name",
        expect.stringMatching(new RegExp(`^${original}-replay-\\d{6}$`)),
        "--input",
        input,
      ]),
    );
    for (const [, , , replay = ""] of calls) expect(replay.length).toBeLessThanOrEqual(80);
  });

  it("and all others are sentences of the shell", () => {
    for (const code of codeBlocks("sh")) {
      expect(() =>
        execFileSync("sh", ["-n"], { input: code.replaceAll(/<[^>]+>/g, "value"), stdio: "pipe" }),
      ).not.toThrow();
    }
  });
});
