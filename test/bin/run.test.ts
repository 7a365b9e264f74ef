import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseFile } from "music-metadata";
import { afterAll, describe, expect, test } from "vitest";
import type { TransferOutput } from "../../functions/domain/transfer-output.ts";
import { newSigningSecret } from "../../lib/local/embedded-cloud.ts";
import { startWebhookReceiver } from "../../lib/local/webhook-receiver.ts";
import { audioTransfer, startAudioTransfer } from "./command-line.ts";

const store = await mkdtemp(join(tmpdir(), "run-test-"));
afterAll(() => rm(store, { recursive: true, force: true }));

/** A store of its own, because two processes must not share one. */
const ownStore = (name: string) => ["--store", join(store, name)];

describe.concurrent("audio-transfer run", () => {
  test("--json prints one object; every receipt's file has its bytes and hash and is playable; the manifest agrees", async () => {
    const { code, stdout, stderr } = await audioTransfer(["--json", "--outputs", "3", ...ownStore("json")]);
    expect(code, stderr).toBe(0);
    const output = JSON.parse(stdout) as TransferOutput;
    expect(output.outputs).toHaveLength(3);
    const formats: (string | undefined)[] = [];
    for (const { bucket, key, bytes, sha256 } of output.outputs) {
      const path = join(store, "json", bucket, key);
      const body = await readFile(path);
      expect(body.length).toBe(bytes);
      expect(createHash("sha256").update(body).digest("hex")).toBe(sha256);
      const { format } = await parseFile(path, { duration: true });
      expect(format.duration).toBeGreaterThan(0.5);
      formats.push(format.container);
    }
    expect(formats).toEqual(["WAVE", "MPEG", "WAVE"]);
    const manifest = output.manifest ?? { bucket: "", key: "" };
    const text = await readFile(join(store, "json", manifest.bucket, manifest.key), "utf8");
    expect(JSON.parse(text)).toMatchObject({ project: { id: output.id }, outputs: output.outputs });
    expect(stderr).toMatch(/poll 1: .*next poll in 3 s[\s\S]*Download outputs[\s\S]*Notify[\s\S]*Done/);
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(
      /^ {2}webhook delivered, signature verified: transfer\.completed/,
    );
    expect(stderr).toContain("event on the bus: transfer.completed");
    expect(output.announced).toBe(true);
  });

  test("--delete ends with the remote project gone and deleted: yes", async () => {
    await using simulator = await startAudioTransfer(
      ["simulate", "--port", "0", "--outputs", "2"],
      /curl -s [\s\S]*GET|echo\n/,
    );
    const [, url = "", key = ""] = /MAGIC_HOUR_BASE_URL=(\S+) MAGIC_HOUR_API_KEY=(\S+)/.exec(simulator.output) ?? [];
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const body = JSON.stringify({ style: { prompt: "Good night", voice_name: "Morgan" } });
    const created = await fetch(`${url}/v1/ai-voice-generator`, { method: "POST", headers, body });
    const { id } = (await created.json()) as { id: string };
    expect((await fetch(`${url}/v1/audio-projects/${id}`, { headers })).status).toBe(200);

    const environment = { MAGIC_HOUR_API_KEY: key, MAGIC_HOUR_BASE_URL: url };
    const args = ["--json", "--delete", "--id", id, ...ownStore("delete")];
    const { code, stdout, stderr } = await audioTransfer(args, environment);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id, deleted: "yes", outputs: [{}, {}] });
    expect(stdout + stderr).not.toContain(key);
    expect((await fetch(`${url}/v1/audio-projects/${id}`, { headers })).status).toBe(404);
  });

  test("--delete on a store that corrupts one byte is refused by name, and nothing is deleted", async () => {
    const args = ["--delete", "--corrupt-one-byte", ...ownStore("corrupt")];
    const { code, stdout } = await audioTransfer(args);
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAILED TransferFailed: project \w+ is not deleted: the bytes of s3:\S+ are not those/);
    expect(stdout).not.toContain("remote project: deleted");
  });

  test("a failed project exits 1 with its error name and cause, and --json prints nothing on stdout", async () => {
    const { code, stdout, stderr } = await audioTransfer(["--json", "--end-in", "error", ...ownStore("error")]);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/FAILED ProjectFailed: project \w+ ended in status error: /);
    expect(stderr).toMatch(/webhook delivered, signature verified: transfer\.failed/);
  });

  test("--notify sends elsewhere, signed with the secret of the environment, and prints no secret", async () => {
    const secret = newSigningSecret();
    const receiver = await startWebhookReceiver({ signingSecrets: [secret] });
    try {
      const args = ["--outputs", "1", "--notify", `${receiver.url}/mine?of=us`, ...ownStore("notify")];
      const { code, stdout, stderr } = await audioTransfer(args, { WEBHOOK_SIGNING_SECRET: secret });
      expect(code, stderr).toBe(0);
      expect(receiver.received).toMatchObject([{ path: "/mine", type: "transfer.completed", isVerified: true }]);
      expect(stdout).toMatch(/webhook delivered: transfer\.completed {2}msg_\w+ to http:\/\/127\.0\.0\.1:\d+\n/);
      expect(stdout + stderr).not.toContain("signature verified");
      expect(stdout + stderr).not.toContain(secret);
    } finally {
      await receiver.close();
    }
  });

  test("a receiver that is down: two attempts are shown, and the transfer succeeds all the same", async () => {
    const args = ["--outputs", "1", "--notify", "http://127.0.0.1:9/", ...ownStore("down")];
    const { code, stdout } = await audioTransfer(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Webhooks are signed with whsec_\S{44}\n/);
    expect(stdout).toMatch(/webhook not delivered yet: .*attempt 2 of 10: ECONNREFUSED at 127\.0\.0\.1:9; .* 3\d\d s/);
  });
});

test.each([
  [["--outputs", "0"], /from 1 to 100/],
  [["--deadline", "1.5"], /from 1 to 31449600/],
  [["--id", "abc"], /MAGIC_HOUR_API_KEY/],
  [["--no-such-option"], /unknown option/],
  [["no-such-command"], /no-such-command/],
  [["--directory", "../up"], /downloadDirectory: no segment/],
  [["simulate", "--port", "99999"], /from 0 to 65535/],
  [["--notify", "http://example.com/hook"], /notify\[0\]: must be https/],
  [["--notify", "https://me:secret@example.com/"], /notify\[0\]: must not carry user information/],
  [["--id", "abc", "--corrupt-one-byte"], /--corrupt-one-byte is for simulated projects/],
])("bad usage %j exits 2 and says why", async (args, message) => {
  const { code, stdout, stderr } = await audioTransfer([...args]);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
  expect(stdout).toBe("");
});

test("a bad id is bad usage too, and reaches no vendor", async () => {
  const { code, stderr } = await audioTransfer(["--id", "../../etc"], { MAGIC_HOUR_API_KEY: "mhk_test" });
  expect(code).toBe(2);
  expect(stderr).toContain("id: may hold only the characters");
});

test("a base URL that is none is named", async () => {
  const environment = { MAGIC_HOUR_API_KEY: "mhk_test", MAGIC_HOUR_BASE_URL: "foo" };
  const { code, stderr } = await audioTransfer(["--id", "abc"], environment);
  expect([code, stderr]).toEqual([2, expect.stringContaining("MAGIC_HOUR_BASE_URL is not a URL")]);
});

test("a signing secret that is none is bad usage, and is not repeated", async () => {
  const { code, stderr } = await audioTransfer([], { WEBHOOK_SIGNING_SECRET: "whsec_c2hvcnQ=" });
  expect([code, stderr]).toEqual([2, expect.stringMatching(/whsec_ and 24 to 64 bytes in base64, these are 5/)]);
  expect(stderr).not.toContain("c2hvcnQ");
});

test("--help shows examples and exit codes", async () => {
  const { code, stdout } = await audioTransfer(["run", "--help"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Examples:[\s\S]*Exit codes: 0 done, 1 [\s\S]*, 2 bad usage, 130 interrupted/);
});
