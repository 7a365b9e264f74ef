import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { atOnce, downloadUrl, getProject, outputBytes, runSimulator } from "./running-simulator.ts";

const running = (plan = {}) => runSimulator({ plan: { ...atOnce, ...plan } });
const xmlCode = async (response: Response) => /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1];

describe("a download", () => {
  it("serves the output with its length, type and a strong ETag, uncompressed", async () => {
    const { simulator } = await running();
    const id = simulator.createProject();
    const response = await fetch(await downloadUrl(simulator, id), { headers: { "accept-encoding": "gzip, br" } });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "audio/wav",
      "content-length": String(bytes.length),
      "accept-ranges": "bytes",
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
    });
    expect(response.headers.has("content-encoding")).toBe(false);
    expect(bytes.equals(await outputBytes(simulator, id))).toBe(true);
  });

  it("gives outputs of one name their own bytes and ETags", async () => {
    const { simulator } = await running({ outputs: 3, formats: ["wav", "mp3", "wav"] });
    const id = simulator.createProject({ fileNames: ["same.bin", "same.bin", "same.bin"] });
    const { downloads } = await getProject(simulator, id);
    const responses = await Promise.all(downloads.map(({ url }) => fetch(url)));
    const bodies = await Promise.all(responses.map((response) => response.arrayBuffer()));
    const distinct = (values: unknown[]) => new Set(values).size;
    expect(responses.map(({ headers }) => headers.get("content-type"))).toEqual([
      "audio/wav",
      "audio/mpeg",
      "audio/wav",
    ]);
    expect(distinct(responses.map(({ headers }) => headers.get("etag")))).toBe(3);
    expect(distinct(bodies.map((body) => Buffer.from(body).toString("base64")))).toBe(3);
  });

  it.each(["a b.wav", "../x.wav", "naïve 音.wav", "50%.wav", "a?b#c&d=e.wav", "%2e%2e", `${"x".repeat(900)}.wav`])(
    "serves an output that is called %s",
    async (name) => {
      const { simulator } = await running({ fileNames: [name] });
      const url = await downloadUrl(simulator, simulator.createProject());
      const response = await fetch(url);
      await response.arrayBuffer();
      expect(response.status).toBe(200);
      expect(decodeURIComponent(new URL(url).pathname.split("/")[4] ?? "")).toBe(name);
    },
  );

  it("keeps bytes and ETag from one signed URL to the next", async () => {
    const { simulator, clock } = await running();
    const id = simulator.createProject();
    const first = await fetch(await downloadUrl(simulator, id));
    clock.pass(3600);
    const second = await fetch(await downloadUrl(simulator, id));
    expect(second.headers.get("etag")).toBe(first.headers.get("etag"));
    expect(Buffer.from(await second.arrayBuffer()).equals(Buffer.from(await first.arrayBuffer()))).toBe(true);
  });

  it("serves an empty output", async () => {
    const { simulator } = await running({ sizeBytes: 0 });
    const response = await fetch(await downloadUrl(simulator, simulator.createProject()));
    expect([response.status, response.headers.get("content-length")]).toEqual([200, "0"]);
    expect(await response.text()).toBe("");
  });

  it("streams 64 MiB with the same bytes whole and in ranges", async () => {
    const sizeBytes = 64 * 2 ** 20 + 1;
    const { simulator } = await running({ sizeBytes });
    const url = await downloadUrl(simulator, simulator.createProject());
    const hashOf = async (ranges: readonly string[]) => {
      const hash = createHash("sha256");
      let bytes = 0;
      for (const range of ranges) {
        const { body } = await fetch(url, { headers: range === "" ? {} : { range } });
        for await (const chunk of body ?? []) {
          hash.update(chunk);
          bytes += chunk.length;
        }
      }
      return { bytes, digest: hash.digest("hex") };
    };
    const whole = await hashOf([""]);
    expect(whole.bytes).toBe(sizeBytes);
    expect(await hashOf(["bytes=0-9999", "bytes=10000-33554432", "bytes=33554433-"])).toEqual(whole);
  });
});

describe("a download that is broken off", () => {
  it("leaves the simulator and the rest of the file in order", async () => {
    const { simulator } = await running({ sizeBytes: 2 ** 30 });
    const url = await downloadUrl(simulator, simulator.createProject());
    const abort = new AbortController();
    const reader = (await fetch(url, { signal: abort.signal })).body?.getReader();
    const first = await reader?.read();
    abort.abort();
    await expect(reader?.closed).rejects.toThrow("aborted");
    const again = await fetch(url, { headers: { range: "bytes=0-3" } });
    expect(Buffer.from(first?.value ?? []).toString("latin1", 0, 4)).toBe("RIFF");
    expect(await again.text()).toBe("RIFF");
  });
});

describe("ranges and preconditions", () => {
  it("answers one range with 206", async () => {
    const { simulator } = await running({ sizeBytes: 1000 });
    const id = simulator.createProject();
    const whole = await outputBytes(simulator, id);
    const response = await fetch(await downloadUrl(simulator, id), { headers: { range: "bytes=40-59" } });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe("bytes 40-59/1000");
    expect(response.headers.get("content-length")).toBe("20");
    expect(Buffer.from(await response.arrayBuffer()).equals(whole.subarray(40, 60))).toBe(true);
  });

  it("answers a range outside the file with 416", async () => {
    const { simulator } = await running({ sizeBytes: 1000 });
    const url = await downloadUrl(simulator, simulator.createProject());
    const response = await fetch(url, { headers: { range: "bytes=1000-" } });
    expect([response.status, response.headers.get("content-range")]).toEqual([416, "bytes */1000"]);
    expect(await xmlCode(response)).toBe("InvalidRange");
  });

  it("answers several ranges with the whole file", async () => {
    const { simulator } = await running({ sizeBytes: 1000 });
    const url = await downloadUrl(simulator, simulator.createProject());
    const response = await fetch(url, { headers: { range: "bytes=0-1,4-5" } });
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 1000]);
  });

  it("honours If-Match and If-Range", async () => {
    const { simulator } = await running({ sizeBytes: 1000 });
    const url = await downloadUrl(simulator, simulator.createProject());
    const probe = await fetch(url);
    await probe.arrayBuffer();
    const etag = probe.headers.get("etag") ?? "";
    const status = async (headers: Record<string, string>) => {
      const response = await fetch(url, { headers: { range: "bytes=5-9", ...headers } });
      await response.arrayBuffer();
      return response.status;
    };
    expect(await status({ "if-match": etag })).toBe(206);
    expect(await status({ "if-match": `"x", ${etag}` })).toBe(206);
    expect(await status({ "if-match": "*" })).toBe(206);
    expect(await status({ "if-match": '"x"' })).toBe(412);
    expect(await status({ "if-match": `W/${etag}` })).toBe(412);
    expect(await status({ "if-range": etag })).toBe(206);
    expect(await status({ "if-range": '"x"' })).toBe(200);
  });

  it("changes the ETag when the bytes change", async () => {
    const { simulator } = await running();
    const id = simulator.createProject({ prompt: "one" });
    const before = await fetch(await downloadUrl(simulator, id));
    await before.arrayBuffer();
    simulator.changeProject(id, { prompt: "two" });
    const headers = { "if-match": before.headers.get("etag") ?? "" };
    const after = await fetch(await downloadUrl(simulator, id), { headers });
    expect([after.status, await xmlCode(after)]).toEqual([412, "PreconditionFailed"]);
  });
});

describe("refusals", () => {
  it("expires URLs and serves fresh ones", async () => {
    const { simulator, clock } = await runSimulator({ plan: atOnce, downloadLifetimeSeconds: 60 });
    const id = simulator.createProject();
    const { downloads } = await getProject(simulator, id);
    // Issued at 10:00:00.250 and signed for the whole second.
    expect(downloads[0]?.expires_at).toBe("2026-08-22T10:01:00.000Z");
    clock.pass(60);
    const stale = await fetch(downloads[0]?.url ?? "");
    expect([stale.status, stale.headers.get("content-type")]).toEqual([400, "application/xml; charset=UTF-8"]);
    expect(await xmlCode(stale)).toBe("ExpiredToken");
    const fresh = await fetch(await downloadUrl(simulator, id));
    await fresh.arrayBuffer();
    expect(fresh.status).toBe(200);
  });

  it("refuses an API key beside the signature", async () => {
    const { simulator } = await running();
    const url = await downloadUrl(simulator, simulator.createProject());
    const response = await fetch(url, { headers: { authorization: `Bearer ${simulator.apiKey}` } });
    expect([response.status, await xmlCode(response)]).toEqual([400, "InvalidArgument"]);
  });

  it("refuses HEAD, because V4 signs the method", async () => {
    const { simulator } = await running();
    const response = await fetch(await downloadUrl(simulator, simulator.createProject()), { method: "HEAD" });
    expect(response.status).toBe(403);
  });

  it("refuses a URL that was signed for another output, or by another simulator", async () => {
    const { simulator } = await running({ outputs: 2 });
    const { simulator: other } = await running();
    const url = await downloadUrl(simulator, simulator.createProject());
    const foreign = new URL(await downloadUrl(other, other.createProject()));
    for (const forged of [url.replace("/0/output", "/1/output"), simulator.url + foreign.pathname + foreign.search]) {
      const response = await fetch(forged);
      expect([response.status, await xmlCode(response)]).toEqual([403, "SignatureDoesNotMatch"]);
    }
  });

  it("serves nothing of a project that is no longer complete", async () => {
    const { simulator } = await running();
    const id = simulator.createProject();
    const url = await downloadUrl(simulator, id);
    simulator.changeProject(id, { endIn: "rendering" });
    const response = await fetch(url);
    expect([response.status, await xmlCode(response)]).toEqual([404, "NoSuchKey"]);
  });
});
