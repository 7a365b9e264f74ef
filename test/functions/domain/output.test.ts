import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TransferFailed } from "../../../functions/domain/errors.ts";
import { mostOutputs, type PlannedOutput, planOutputs } from "../../../functions/domain/output.ts";

const plan = (...urls: string[]) => planOutputs({ downloads: urls.map((url) => ({ url })) }, "audio-projects/cm1");

function only(url: string): PlannedOutput {
  const [output, ...more] = plan(url);
  if (!output || more.length > 0) throw new Error("one URL is one output");
  return output;
}

const sourceIdOf = (url: string) => only(url).sourceId;

describe("planOutputs", () => {
  it("plans every download in its order, with its own key even when names repeat", () => {
    const outputs = plan("https://a.example/x/output.wav?s=1", "https://b.example/y/output.wav?s=2");
    expect(outputs.map(({ index, key, sourceName }) => [index, key, sourceName])).toEqual([
      [0, "audio-projects/cm1/0-output.wav", "output.wav"],
      [1, "audio-projects/cm1/1-output.wav", "output.wav"],
    ]);
  });

  it("plans nothing for no downloads", () => {
    expect(plan()).toEqual([]);
  });

  it("keeps the signed URL byte for byte", () => {
    const url = "https://H.example:443/a%2Fb/../o.wav?X-Goog-Signature=a%2fB+c&x='é'";
    expect(only(url).url).toBe(url);
  });

  it.each([
    ["https://h.example/My%20Song%20%C3%BC.wav", "My Song ü.wav"],
    ["https://h.example/a/b/", ""],
    ["https://h.example", ""],
    ["https://h.example/a%2Fb.wav", "a/b.wav"],
    ["https://h.example/o.wav#fragment", "o.wav"],
    ["https://h.example/100%.wav", "100%.wav"],
    ["https://h.example/%E0%A4%A.wav", "%E0%A4%A.wav"],
    ["https://h.example/%ff.wav", "%ff.wav"],
  ])("names the output of %s %j", (url, sourceName) => {
    expect(only(url).sourceName).toBe(sourceName);
  });

  it("puts an output without a usable name, or with one that leads elsewhere, under a plain key", () => {
    expect(only("https://h.example/").key).toBe("audio-projects/cm1/0-output");
    expect(only("https://h.example/%2e%2e%2f%2e%2e%2fx").key).toBe("audio-projects/cm1/0-.._.._x");
    expect(only("https://h.example/100%.wav").key).toBe("audio-projects/cm1/0-100_.wav");
  });

  it.each([
    "",
    "output.wav",
    "/p/output.wav?X-Goog-Signature=SECRET",
    "//h.example/SECRET",
    "https://",
    "https://a b/SECRET",
  ])("refuses %j as URL, without repeating it", (url) => {
    const refused = () => plan("https://h.example/o.wav", url);
    expect(refused).toThrow(TransferFailed);
    expect(refused).toThrow(/^the download URL of output 1 is not a URL$/);
  });

  it("takes 1,000 outputs and refuses 1,001", () => {
    const urls = (count: number) => Array.from({ length: count }, (_, index) => `https://h.example/${index}.wav`);
    expect(new Set(plan(...urls(mostOutputs)).map(({ key }) => key)).size).toBe(1_000);
    expect(() => plan(...urls(mostOutputs + 1))).toThrow(
      new TransferFailed("the project has 1001 outputs, more than the 1000 allowed"),
    );
  });
});

describe("the source's identity", () => {
  it("is 32 hexadecimal digits", () => {
    expect(sourceIdOf("https://h.example/o.wav")).toMatch(/^[0-9a-f]{32}$/);
  });

  it("stays the same over fresh signatures, fragments and spellings of one host", () => {
    const id = sourceIdOf("https://h.example/p/o.wav?X-Goog-Signature=1");
    expect(sourceIdOf("https://h.example/p/o.wav?X-Goog-Signature=2")).toBe(id);
    expect(sourceIdOf("https://h.example/p/o.wav")).toBe(id);
    expect(sourceIdOf("https://H.EXAMPLE:443/p/o.wav#x")).toBe(id);
  });

  it.each([
    "https://h.example/p/o.mp3",
    "https://h.example/P/o.wav",
    "https://h.example/p/o.wav/",
    "https://other.example/p/o.wav",
    "https://h.example:8443/p/o.wav",
    "http://h.example/p/o.wav",
  ])("differs for %s", (url) => {
    expect(sourceIdOf(url)).not.toBe(sourceIdOf("https://h.example/p/o.wav"));
  });

  it("does not depend on the query of any URL", () => {
    const queries = fc.webQueryParameters();
    fc.assert(
      fc.property(fc.webUrl(), queries, queries, (url, one, other) => {
        expect(sourceIdOf(`${url}?${one}`)).toBe(sourceIdOf(`${url}?${other}`));
      }),
    );
  });
});

it("a source name is cut at 255 characters: it stands in every receipt", () => {
  const [output] = planOutputs({ downloads: [{ url: `https://h.example/${"a".repeat(3_000)}.wav` }] }, "d");
  expect(output?.sourceName).toHaveLength(255);
});

it("two outputs that differ in their query alone are refused: fresh signatures could exchange them", () => {
  const at = (query: string) => ({ url: `https://h.example/download?${query}` });
  expect(() => planOutputs({ downloads: [at("file=a"), at("file=b")] }, "d")).toThrow(/cannot be told apart/);
  expect(planOutputs({ downloads: [at("file=a")] }, "d")).toHaveLength(1);
});
