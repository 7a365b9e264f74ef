import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { freePorts, startAudioTransfer } from "./command-line.ts";

test("with --push a project is transferred without anybody starting it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "push-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await using command = await startAudioTransfer(
    ["local", "--push", "--store", directory, ...freePorts()],
    /aws s3 ls/,
  );
  expect(command.output).toContain("sends its webhooks");
  const [, url = "", key = ""] = /MAGIC_HOUR_BASE_URL=(\S+) MAGIC_HOUR_API_KEY=(\S+)/.exec(command.output) ?? [];
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const body = JSON.stringify({ style: { prompt: "Good evening", voice_name: "Morgan" } });
  await fetch(`${url}/v1/ai-voice-generator`, { method: "POST", headers, body });
  await expect.poll(() => command.output, { timeout: 30_000 }).toContain('webhook verified: "transfer.completed"');
});
