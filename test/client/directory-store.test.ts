/** The output store of directories: never over a file, never partial under a final name, never unverified. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rename, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { ObjectBytes } from "../../functions/adapters/object-writer.ts";
import type { OutputStore } from "../../functions/adapters/output-store.ts";
import { CopyInterrupted, TransferFailed } from "../../functions/domain/errors.ts";
import { buildManifest } from "../../functions/domain/manifest.ts";
import type { Receipt } from "../../functions/domain/receipt.ts";
import { createDirectoryStore } from "../../lib/client/directory-store.ts";
import { audioBody, digestOf, newObject } from "../functions/adapters/running-output-store.ts";
import { aProject } from "../functions/domain/domain-fixture.ts";
import { rejectionOf, temporaryDirectory } from "./running-client.ts";

const body = audioBody(5 * 1_024 ** 2 + 3);

let directory: string;
let key: string;
let store: OutputStore;

beforeEach(async () => {
  directory = join(await temporaryDirectory(), "deep", "down");
  key = `${directory}/0-output.wav`;
  store = createDirectoryStore(new AbortController().signal);
});

/** The bytes in parts; after so many parts it throws. */
function bytesOf(content: Buffer, failAfter = Number.POSITIVE_INFINITY): (partBytes: number) => ObjectBytes {
  return (partBytes) => ({
    async *parts() {
      for (let at = 0, number = 1; at < content.length; at += partBytes, number += 1) {
        if (number > failAfter) throw new CopyInterrupted("the source broke off");
        yield { number, bytes: content.subarray(at, at + partBytes), crc32: 0, release: () => undefined };
      }
    },
    finish: async () => digestOf(content),
  });
}

const write = (content = body, announced = content.length) =>
  store.write(newObject(announced, { key }), bytesOf(content));

const names = async () => (await readdir(directory)).sort();

describe("write", () => {
  it("makes the directory, stores the bytes and says what they are", async () => {
    const written = await write();
    expect(written).toMatchObject(digestOf(body));
    expect(written.stored).toMatchObject({ bytes: body.length, crc32: digestOf(body).crc32, contentType: "audio/wav" });
    expect((await readFile(key)).equals(body)).toBe(true);
    expect(await names()).toEqual([".0-output.wav.note.json", "0-output.wav"]);
    expect(await store.head(key)).toEqual({
      bytes: body.length,
      crc32: digestOf(body).crc32,
      contentType: "audio/wav",
      metadata: { "project-id": "cm1", "source-id": "0123", sha256: digestOf(body).sha256 },
    });
  });

  it("is content with equal bytes that stand there, and keeps other bytes", async () => {
    await mkdir(directory, { recursive: true });
    await writeFile(key, body);
    expect(await write()).toMatchObject(digestOf(body));
    const other = audioBody(body.length, 2);
    const refused = await rejectionOf(write(other));
    expect(refused).toBeInstanceOf(TransferFailed);
    expect(refused.message).toContain(`${key}: other bytes stand there`);
    expect((await readFile(key)).equals(body)).toBe(true);
    expect((await names()).filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  it("does not write through a link that leads nowhere", async () => {
    await mkdir(directory, { recursive: true });
    await symlink(join(directory, "elsewhere"), key);
    await expect(write()).rejects.toBeInstanceOf(TransferFailed);
    expect(await names()).not.toContain("elsewhere");
  });

  it("leaves nothing when the source breaks off, or brings another size than announced", async () => {
    await expect(store.write(newObject(body.length, { key }), bytesOf(body, 1))).rejects.toThrow("broke off");
    expect(await names()).toEqual([]);
    await expect(write(body, body.length + 1)).rejects.toThrow(/5242883 of the announced 5242884 bytes came/);
    expect(await names()).toEqual([]);
  });

  it("leaves nothing when the signal fires while it reads back", async () => {
    const ending = new AbortController();
    const read = bytesOf(body);
    const aborting = (partBytes: number): ObjectBytes => ({
      ...read(partBytes),
      finish: async () => {
        ending.abort();
        return digestOf(body);
      },
    });
    const object = newObject(body.length, { key, signal: ending.signal });
    await expect(store.write(object, aborting)).rejects.toBeInstanceOf(CopyInterrupted);
    expect(await names()).toEqual([]);
  });

  it("finds out when the file has other bytes than came", async () => {
    const lying = (partBytes: number): ObjectBytes => ({
      ...bytesOf(body)(partBytes),
      finish: async () => ({ ...digestOf(body), sha256: "0" }),
    });
    await expect(store.write(newObject(body.length, { key }), lying)).rejects.toThrow(/not what was written/);
    expect(await names()).toEqual([]);
  });

  it("gives one of several writers the name, and the others the same answer", async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => write()));
    for (const written of all) expect(written).toMatchObject(digestOf(body));
    expect((await readFile(key)).equals(body)).toBe(true);
  });

  it("says what is in the way of the directory", async () => {
    await writeFile(join(directory, "..", "..", "deep"), "a file");
    const refused = await rejectionOf(write());
    expect(refused).toBeInstanceOf(TransferFailed);
    expect(refused.message).toMatch(/in the way|ENOTDIR|EEXIST/);
  });
});

describe("head", () => {
  it("knows nothing of a file but its bytes, once they were changed", async () => {
    await write();
    await truncate(key, 1_000);
    const found = await store.head(key);
    expect(found).toMatchObject({ bytes: 1_000, metadata: {} });
    expect(await store.head(`${directory}/1-output.wav`)).toBeUndefined();
  });
});

describe("survey", () => {
  it("knows every name, and removes what processes left that are no more", async () => {
    await write();
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    const earlier = await partialName();
    const running = earlier.replace(`-${process.pid}-`, `-${process.ppid}-`);
    const dead = earlier.replace(`-${process.pid}-`, `-${child.pid}-`);
    const foreign = earlier.replace(/\.[0-9a-f]{8}-/, ".00000000-");
    for (const name of [earlier, running, dead, foreign]) await writeFile(join(directory, name), "x");
    const isTaken = await store.survey(directory);
    expect([key, `${directory}/1-output.wav`].map(isTaken)).toEqual([true, false]);
    const left = await names();
    expect([earlier, running, dead, foreign].filter((name) => left.includes(name))).toEqual([running, foreign]);
    // A day without a byte: nobody writes to it any more, on whatever machine.
    const longAgo = new Date(Date.now() - 2 * 86_400_000);
    await utimes(join(directory, foreign), longAgo, longAgo);
    await store.survey(directory);
    expect(await names()).not.toContain(foreign);
  });

  it("lets alone what this process is writing", async () => {
    const surveying = (partBytes: number): ObjectBytes => ({
      ...bytesOf(body)(partBytes),
      finish: async () => {
        await store.survey(directory);
        return digestOf(body);
      },
    });
    expect(await store.write(newObject(body.length, { key }), surveying)).toMatchObject(digestOf(body));
  });

  it("finds nothing where there is no directory", async () => {
    expect((await store.survey(`${directory}/none`))("x")).toBe(false);
  });
});

/** A partial file's name as this process would make it. */
async function partialName(): Promise<string> {
  let seen: string[] = [];
  const spying = (partBytes: number): ObjectBytes => ({
    ...bytesOf(body)(partBytes),
    finish: async () => {
      seen = await readdir(directory);
      return digestOf(body);
    },
  });
  await store.write(newObject(body.length, { key: `${directory}/7-x.wav` }), spying);
  const [name = ""] = seen.filter((one) => one.endsWith(".partial"));
  expect(name).toMatch(/^\.7-x\.wav\.[0-9a-f]{8}-\d+-[0-9a-f]{8}\.partial$/);
  return name;
}

describe("manifest", () => {
  const receiptOf = (sha256: string): Receipt => ({
    bucket: "",
    key: `${directory}/0-output.wav`,
    bytes: 5,
    sha256,
    checksum: { algorithm: "CRC32", value: "AAAAAA==" },
    contentType: "audio/wav",
    sourceName: "output.wav",
    sourceId: "0123",
  });
  const manifestOf = (sha256: string, id = "cm1") => buildManifest(aProject({ id }), [receiptOf(sha256)], 0);
  const one = () => manifestOf("a".repeat(64));
  const other = () => manifestOf("b".repeat(64));

  it("is written once: the same bytes are success, others a conflict", async () => {
    expect(await store.readManifest(directory)).toBeUndefined();
    expect(await store.writeManifest(directory, one())).toEqual(one());
    expect(await store.writeManifest(directory, { ...one(), createdAt: "later" })).toEqual(one());
    await expect(store.writeManifest(directory, other())).rejects.toThrow(/records other bytes: it is kept/);
    expect(await store.readManifest(directory)).toEqual(one());
    expect(await names()).toEqual(["manifest.json"]);
  });

  it("takes the notes away, which say no more than it", async () => {
    await write();
    await store.writeManifest(directory, one());
    expect(await names()).toEqual(["0-output.wav", "manifest.json"]);
  });

  it("goes with its directory when that is moved", async () => {
    await store.writeManifest(directory, one());
    const moved = `${directory}-moved`;
    await rename(directory, moved);
    expect((await store.readManifest(moved))?.outputs).toMatchObject([{ key: `${moved}/0-output.wav` }]);
  });

  it.each([
    ["no JSON", "{"],
    ["of a bucket", JSON.stringify({ ...one(), outputs: [{ ...one().outputs[0], bucket: "audio", key: "a.wav" }] })],
    ["with a path in it", JSON.stringify({ ...one(), outputs: [{ ...one().outputs[0], key: "../../etc/passwd" }] })],
  ])("that is %s is refused and kept", async (_, text) => {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, "manifest.json"), text);
    await expect(store.readManifest(directory)).rejects.toThrow(/is no manifest of files: it is kept/);
    expect(await readFile(join(directory, "manifest.json"), "utf8")).toBe(text);
  });
});
