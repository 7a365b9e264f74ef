/** Some outputs can be had and others not: the error says which, and the next call fetches only those. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CopyInterrupted, OutputsIncomplete, TransferFailed } from "../../lib/client/index.ts";
import { chunked, resetAt, status } from "../support/behaviour.ts";
import { audioBytes, originSecret } from "../support/origin-project.ts";
import { runOriginClient } from "./origin-client.ts";
import { rejectionOf } from "./running-client.ts";

const body = audioBytes(300_000);
const names = ["a.wav", "b.wav", "c.wav"];

it("names what is there and what is missing, and why", async () => {
  let isBroken = true;
  const { check, id, directory, files, origin } = await runOriginClient(
    { body },
    ({ path }) => (isBroken && path.includes("/b.wav") ? chunked : undefined),
    { names },
  );
  const error = await rejectionOf(check({ id, deleteAfterDownload: true }));
  expect(error).toBeInstanceOf(OutputsIncomplete);
  const { outputs, missing, cause, message } = error as OutputsIncomplete;
  expect(missing).toEqual([{ index: 1, sourceName: "b.wav", where: join(directory, "1-b.wav") }]);
  expect(outputs.map(({ where, bytes }) => [where, bytes])).toEqual([
    [join(directory, "0-a.wav"), body.length],
    [join(directory, "2-c.wav"), body.length],
  ]);
  expect(cause).toBeInstanceOf(TransferFailed);
  expect(message).toContain("2 of the 3 outputs");
  expect(message).toContain("1-b.wav");
  expect(JSON.stringify([message, outputs, missing, String(cause)])).not.toContain(originSecret);
  expect((await files()).filter((name) => !name.startsWith("."))).toEqual(["0-a.wav", "2-c.wav"]);

  isBroken = false;
  const before = origin.requests.length;
  const { outputs: all, deleted } = await check({ id, deleteAfterDownload: true });
  expect(all.map(({ sourceName }) => sourceName)).toEqual(names);
  expect(deleted).toBe("yes");
  const fetched = origin.requests.slice(before).map(({ path }) => path.replace(/\?.*/, ""));
  // The deletion looks at every source once more; what was there was not downloaded for the copy.
  expect(fetched.filter((path) => path.endsWith("/b.wav"))).toHaveLength(2);
  expect(fetched.filter((path) => path.endsWith("/a.wav"))).toHaveLength(1);
});

it("tries again what may pass, and then says so", async () => {
  const { check, id, waits, directory } = await runOriginClient(
    { body },
    ({ path }) => (path.includes("/c.wav") ? status(503) : undefined),
    { names },
  );
  const error = await rejectionOf(check({ id }));
  expect(error).toBeInstanceOf(OutputsIncomplete);
  expect(error.cause).toBeInstanceOf(CopyInterrupted);
  expect((error as OutputsIncomplete).missing).toMatchObject([{ where: join(directory, "2-c.wav") }]);
  // The attempts of the workflow's Retry, after the run that saved the others.
  expect(waits).toHaveLength(8);
});

it("throws the failure itself where nothing is there", async () => {
  const { check, id, waits } = await runOriginClient({ body }, status(503));
  const error = await rejectionOf(check({ id }));
  expect(error.name).toBe("CopyInterrupted");
  expect(waits).toHaveLength(8);
});

it("does not try again after the deadline", async () => {
  const { check, id, waits } = await runOriginClient({ body }, status(503));
  await expect(check({ id, deadlineSeconds: 1 })).rejects.toBeInstanceOf(CopyInterrupted);
  expect(waits.reduce((sum, seconds) => sum + seconds, 0)).toBeLessThanOrEqual(1);
});

it("survives a source that breaks off again and again", async () => {
  const { check, id, file } = await runOriginClient({ body }, (_, nth) => (nth <= 2 ? resetAt(50_000) : undefined));
  await check({ id });
  expect((await file("0-output.wav")).equals(body)).toBe(true);
});

it("keeps a stranger's file, and deletes nothing", async () => {
  const { check, id, directory, file, simulator } = await runOriginClient({ body }, {}, { names: ["a.wav"] });
  await writeFile(join(directory, "0-a.wav"), "a stranger's");
  const error = await rejectionOf(check({ id, deleteAfterDownload: true }));
  expect(error).toBeInstanceOf(TransferFailed);
  expect(error.message).toMatch(/0-a\.wav: other bytes stand there/);
  expect(String(await file("0-a.wav"))).toBe("a stranger's");
  expect(simulator.project(id).deletes).toBe(0);
});
