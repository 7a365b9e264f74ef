import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { manifestKey, manifestName, outputKey, safeName } from "../../../functions/domain/object-key.ts";

/** Names of any characters, lone surrogates included, and names that look like a way out of the directory. */
const sourceNames = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc.string({ unit: fc.constantFrom(".", "/", "\\", "-", "_", "%", "2", "e", "\u0000", "\ud800"), maxLength: 300 }),
  fc.constantFrom(manifestName, `0-${manifestName}`, "../manifest.json", "", ".", ".."),
);

describe("safeName", () => {
  it.each([
    ["output.wav", "output.wav"],
    ["My Song (final).mp3", "My_Song_final_.mp3"],
    ["Überraschung.flac", "Uberraschung.flac"],
    ["ﬁn.ogg", "fin.ogg"],
    ["日本.wav", "_.wav"],
    ["../../etc/passwd", ".._.._etc_passwd"],
    ["a/b\\c.wav", "a_b_c.wav"],
    ["／．．／x.wav", "_.._x.wav"],
    ["a\u0000\u001f\u007fb.wav", "a_b.wav"],
    ["a%2fb?c#d.wav", "a_2fb_c_d.wav"],
  ])("makes %j to %j", (sourceName, name) => {
    expect(safeName(sourceName)).toBe(name);
  });

  it.each(["", ".", "..", "___", "日本", "/", "-._"])("has %j called output", (sourceName) => {
    expect(safeName(sourceName)).toBe("output");
  });

  it("keeps 120 characters as they are and cuts the 121st, the extension kept", () => {
    const fits = `${"a".repeat(116)}.wav`;
    expect(safeName(fits)).toBe(fits);
    expect(safeName(`a${fits}`)).toBe(fits);
    expect(safeName(`${"a".repeat(5_000)}.flac`)).toBe(`${"a".repeat(115)}.flac`);
  });

  it("keeps an extension of up to 16 characters, its dot included, and takes no longer one for an extension", () => {
    const stem = "a".repeat(200);
    expect(safeName(`${stem}.${"x".repeat(15)}`)).toBe(`${"a".repeat(104)}.${"x".repeat(15)}`);
    expect(safeName(`${stem}.${"x".repeat(16)}`)).toBe("a".repeat(120));
    expect(safeName(stem)).toBe("a".repeat(120));
  });

  it("holds of any name 1 to 120 of the allowed characters", () => {
    fc.assert(
      fc.property(sourceNames, (sourceName) => {
        expect(safeName(sourceName)).toMatch(/^[A-Za-z0-9._-]{1,120}$/);
      }),
    );
  });

  it("keeps the extension of any name that has a plain one", () => {
    const stems = fc.stringMatching(/^[A-Za-z0-9]{1,300}$/);
    fc.assert(
      fc.property(stems, fc.stringMatching(/^[a-z0-9]{1,15}$/), (stem, extension) => {
        expect(safeName(`${stem}.${extension}`).endsWith(`.${extension}`)).toBe(true);
      }),
    );
  });
});

describe("outputKey", () => {
  it("is the directory, the index and the safe name", () => {
    expect(outputKey("audio-projects/cm1", 0, "out put.wav")).toBe("audio-projects/cm1/0-out_put.wav");
    expect(outputKey("d", 999, "")).toBe("d/999-output");
  });

  it("differs for two indexes whatever the names are", () => {
    const indexes = fc.uniqueArray(fc.nat({ max: 999 }), { minLength: 2, maxLength: 2 });
    const names = fc.oneof(sourceNames, fc.stringMatching(/^[0-9-]{1,5}$/));
    fc.assert(
      fc.property(indexes, names, names, ([one = 0, other = 0], oneName, otherName) => {
        expect(outputKey("d", one, oneName)).not.toBe(outputKey("d", other, otherName));
      }),
    );
  });

  it("is never the manifest's, always the same, and one segment below the directory", () => {
    fc.assert(
      fc.property(fc.nat({ max: 999 }), sourceNames, (index, name) => {
        const key = outputKey("a/b", index, name);
        expect(key).not.toBe(manifestKey("a/b"));
        expect(key).toBe(outputKey("a/b", index, name));
        expect(key.split("/")).toHaveLength(3);
        expect(key.startsWith(`a/b/${index}-`)).toBe(true);
      }),
    );
  });
});

describe("manifestKey", () => {
  it("is manifest.json below the directory", () => {
    expect(manifestKey("audio-projects/cm1")).toBe("audio-projects/cm1/manifest.json");
  });
});
