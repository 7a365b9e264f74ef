import { describe, expect, it } from "vitest";
import { InvalidInput } from "../../../functions/domain/errors.ts";
import {
  largestMetadataBytes,
  longestDeadlineSeconds,
  longestDirectory,
  longestId,
  parseInput,
} from "../../../functions/domain/input.ts";

/** The message with which an input is refused; the test fails when it is accepted or something else is thrown. */
function refusal(raw: unknown): string {
  try {
    parseInput(raw);
  } catch (error) {
    if (error instanceof InvalidInput) return error.message;
    throw error;
  }
  throw new Error("the input was accepted");
}

const idRule = "id: may hold only the characters A-Z a-z 0-9 _ -";
const idBound = "id: must be a string of 1 to 64 characters";
const directoryRule = "downloadDirectory: may hold only the characters A-Z a-z 0-9 ! _ . - / = @ + ,";
const directoryBound = "downloadDirectory: must be a string of 1 to 512 characters";
const segmentRule =
  'downloadDirectory: no segment between slashes may be empty, "." or ".." (so no slash at either end)';
const deadlineBound = "deadlineSeconds: must be a whole number from 1 to 31449600";

describe("parseInput", () => {
  it("fills in every default", () => {
    expect(parseInput({ id: "cm1" })).toEqual({
      id: "cm1",
      waitForCompletion: true,
      downloadOutputs: true,
      downloadDirectory: "audio-projects/cm1",
      deleteAfterDownload: false,
      deadlineSeconds: 86_400,
      notify: [],
      metadata: {},
    });
  });

  it("keeps everything that is given", () => {
    const input = {
      id: "a_B-9",
      waitForCompletion: false,
      downloadOutputs: true,
      downloadDirectory: "team/audio=1/@x+y,z!",
      deleteAfterDownload: true,
      deadlineSeconds: 60,
      notify: ["https://example.com/hooks?of=us"],
      metadata: { order: 7, nested: { list: [1, null, "x"] } },
    };
    expect(parseInput(input)).toEqual(input);
    expect(parseInput({ id: "cm1", waitForCompletion: false, downloadOutputs: false })).toMatchObject({
      waitForCompletion: false,
      downloadOutputs: false,
    });
  });

  it.each([null, undefined, true, 5, "cm1", [], [{ id: "cm1" }]])("refuses %j as a whole", (raw) => {
    expect(refusal(raw)).toBe('the input must be a JSON object such as {"id": "<project id>"}');
  });

  it("names all that is wrong at once", () => {
    const message = refusal({
      id: 5,
      waitForCompletion: "yes",
      deadlineSeconds: 0,
      metadata: [],
      downloadDirectory: "/",
    });
    for (const part of [idBound, "waitForCompletion: must be true or false", deadlineBound, segmentRule]) {
      expect(message).toContain(part);
    }
    expect(message).toContain("metadata: must be an object");
  });

  it.each(["waitForCompletion", "downloadOutputs", "deleteAfterDownload"])(
    "takes only true and false for %s",
    (name) => {
      for (const value of ["true", 1, 0, null, {}, []]) {
        expect(refusal({ id: "cm1", [name]: value })).toBe(`${name}: must be true or false`);
      }
    },
  );

  it("refuses to delete what it does not download", () => {
    expect(refusal({ id: "cm1", deleteAfterDownload: true, downloadOutputs: false })).toMatch(
      /^deleteAfterDownload: needs downloadOutputs/,
    );
    expect(parseInput({ id: "cm1", deleteAfterDownload: true })).toMatchObject({ deleteAfterDownload: true });
  });
});

describe("unknown fields", () => {
  it("are refused by name, several at once, together with other faults", () => {
    const message = refusal({ id: "", Id: 1, "download-directory": 2, notifications: [] });
    expect(message).toMatch(
      /^"Id": unknown field; "download-directory": unknown field; "notifications": unknown field; /,
    );
    expect(message).toContain(idBound);
    expect(message).toContain("(known fields: id, waitForCompletion, downloadOutputs, downloadDirectory,");
  });

  it.each(["__proto__", "constructor", "toString", "", "ID", "id "])("refuses %j", (name) => {
    const raw: unknown = JSON.parse(`{"id": "cm1", ${JSON.stringify(name)}: {}}`);
    expect(refusal(raw)).toContain(`${JSON.stringify(name)}: unknown field`);
  });

  it("does not take an id from a prototype in the JSON", () => {
    const message = refusal(JSON.parse('{"__proto__": {"id": "cm1"}}'));
    expect(message).toContain('"__proto__": unknown field');
    expect(message).toContain(idBound);
  });

  it("are cut to 64 characters, and not all of very many are listed", () => {
    expect(refusal({ id: "cm1", ["x".repeat(65)]: 1 })).toContain(`"${"x".repeat(64)}": unknown field`);
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`field${index}`, 1]));
    const message = refusal({ id: "cm1", ...many });
    // A cause that outgrows the workflow's state (262,144 bytes) would end the execution under another name.
    expect(message.length).toBeLessThan(4_096);
    expect(message).toContain('"field0": unknown field');
    expect(message).toContain("19990 more unknown fields");
  });
});

describe("id", () => {
  it("may have 1 to 64 characters", () => {
    for (const id of ["a", "a".repeat(longestId)]) expect(parseInput({ id }).id).toBe(id);
    for (const id of ["", "a".repeat(longestId + 1)]) expect(refusal({ id })).toBe(idBound);
  });

  it.each([[undefined], [null], [5], [true], [["cm1"]], [{}]])("refuses %j", (id) => {
    expect(refusal({ id })).toBe(idBound);
  });

  it("must be there", () => {
    expect(refusal({})).toBe(idBound);
  });

  it.each([
    "../x",
    "..",
    ".",
    "a/b",
    "/a",
    "a\\b",
    "%2f",
    "%2e%2e",
    "a%00",
    "a?b",
    "a#b",
    "a b",
    " a",
    "a\n",
    "\na",
    "a\r\nX: y",
    "a\u0000",
    "\u0000",
    "a\u001f",
    "a\u007f",
    "é",
    "ａ",
    "日本",
    "a\u200b",
    "\u202ea",
    "🎧",
    "\ud800",
    "a:b",
    "a@b",
    "a;b",
    "a&b",
    "a.b",
    "<a>",
    "'a'",
    '"a"',
    "$.a",
    "{a}",
  ])("refuses %j by its characters", (id) => {
    expect(refusal({ id })).toBe(idRule);
  });
});

describe("downloadDirectory", () => {
  it("may have 1 to 512 characters", () => {
    for (const downloadDirectory of ["a", "a".repeat(longestDirectory)]) {
      expect(parseInput({ id: "cm1", downloadDirectory })).toMatchObject({ downloadDirectory });
    }
    expect(refusal({ id: "cm1", downloadDirectory: "" })).toContain(directoryBound);
    expect(refusal({ id: "cm1", downloadDirectory: "a".repeat(longestDirectory + 1) })).toBe(directoryBound);
  });

  it.each(["a/b/c", "a..b", "...", ".hidden", "a/.b/c.", "a=1/b@c+d,e!f_g"])("takes %j", (downloadDirectory) => {
    expect(parseInput({ id: "cm1", downloadDirectory })).toMatchObject({ downloadDirectory });
  });

  it.each(["/a", "a/", "/", "a//b", ".", "..", "../a", "a/..", "a/../b", "a/./b", "./a"])(
    "refuses %j by its segments",
    (downloadDirectory) => {
      expect(refusal({ id: "cm1", downloadDirectory })).toBe(segmentRule);
    },
  );

  it.each(["_cleanup", "_cleanup/due", "_cleanup/a/b"])(
    "refuses %j, because markers are there",
    (downloadDirectory) => {
      expect(refusal({ id: "cm1", downloadDirectory })).toBe(
        "downloadDirectory: may not begin with _cleanup, where the cleanup keeps its markers",
      );
    },
  );

  it.each(["_cleanups", "_cleanup.d/due", "a/_cleanup", "cleanup", "_Cleanup/due"])(
    "takes %j, which is another",
    (downloadDirectory) => {
      expect(parseInput({ id: "cm1", downloadDirectory })).toMatchObject({ downloadDirectory });
    },
  );

  it.each([
    "a b",
    "a\\b",
    "a%2f..%2fb",
    "a\u0000",
    "a\n",
    "ü",
    "日本",
    "a'b",
    "a(b)",
    "a*",
    "a?b",
    "a#b",
    "a:b",
    "s3://b",
    "~",
    "$a",
    "`a`",
    "|",
  ])("refuses %j by its characters", (downloadDirectory) => {
    expect(refusal({ id: "cm1", downloadDirectory })).toContain(directoryRule);
  });

  it.each([null, 5, true, ["a"], {}])("refuses %j by its type", (downloadDirectory) => {
    expect(refusal({ id: "cm1", downloadDirectory })).toBe(directoryBound);
  });
});

describe("deadlineSeconds", () => {
  it.each([1, 2, 86_400, longestDeadlineSeconds])("takes %d", (deadlineSeconds) => {
    expect(parseInput({ id: "cm1", deadlineSeconds })).toMatchObject({ deadlineSeconds });
  });

  it.each(["0", "-0", "-1", "0.5", "1.5", "31449601", "1e999", "-1e999", '"60"', "null", "true", "[60]"])(
    "refuses %s, and says so once",
    (json) => {
      expect(refusal(JSON.parse(`{"id": "cm1", "deadlineSeconds": ${json}}`))).toBe(deadlineBound);
    },
  );

  it("is at most 364 days", () => {
    expect(longestDeadlineSeconds).toBe(364 * 24 * 60 * 60);
  });
});

describe("metadata", () => {
  /** An object of exactly so many bytes as JSON: `{"m":"…"}` has 8 around its text. */
  const ofBytes = (bytes: number) => ({ m: "x".repeat(bytes - 8) });

  it("may have 4,096 bytes as JSON, not 4,097", () => {
    const metadata = ofBytes(largestMetadataBytes);
    expect(JSON.stringify(metadata)).toHaveLength(4_096);
    expect(parseInput({ id: "cm1", metadata })).toMatchObject({ metadata });
    const bound = "metadata: must be at most 4096 bytes as JSON";
    expect(refusal({ id: "cm1", metadata: ofBytes(largestMetadataBytes + 1) })).toBe(bound);
    expect(refusal({ id: "cm1", metadata: { deep: { list: [ofBytes(largestMetadataBytes)] } } })).toBe(bound);
  });

  it("is measured in bytes, not in characters", () => {
    expect(refusal({ id: "cm1", metadata: { m: "é".repeat(2_045) } })).toContain("4096 bytes");
    expect(parseInput({ id: "cm1", metadata: { m: "é".repeat(2_044) } }).metadata).toHaveProperty("m");
  });

  it.each([null, [], ["a"], "{}", 5, true])("refuses %j", (metadata) => {
    expect(refusal({ id: "cm1", metadata })).toBe("metadata: must be an object");
  });

  it("is refused by its size when it is nested too deeply to be written as JSON", () => {
    const depth = 100_000;
    const raw: unknown = JSON.parse(`{"id": "cm1", "metadata": {"m": ${"[".repeat(depth)}${"]".repeat(depth)}}}`);
    expect(refusal(raw)).toBe("metadata: must be at most 4096 bytes as JSON");
  });

  it("keeps a key called __proto__ as a plain key", () => {
    const text = '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"toJSON":"x"}';
    const { metadata } = parseInput({ id: "cm1", metadata: JSON.parse(text) });
    expect(JSON.stringify(metadata)).toBe(text);
    expect(Object.hasOwn(metadata, "__proto__")).toBe(true);
    expect("polluted" in {}).toBe(false);
  });
});
