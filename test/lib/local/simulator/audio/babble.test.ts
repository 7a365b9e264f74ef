import { describe, expect, it } from "vitest";
import { babble, sampleRate } from "../../../../../lib/local/simulator/audio/babble.ts";
import { syllablesOf } from "../../../../../lib/local/simulator/audio/syllables.ts";

const say = (prompt: string, index = 0, voiceName: string | null = null) => babble({ prompt, voiceName, index });
const bytes = (samples: Float32Array) => Buffer.from(samples.buffer).toString("base64");
const seconds = (samples: Float32Array) => samples.length / sampleRate;

describe("babble", () => {
  it("always says the same words the same way", () => {
    expect(bytes(say("Hello, how are you?"))).toBe(bytes(say("Hello, how are you?")));
  });

  it("sounds different for other words, voices and outputs", () => {
    const takes = [
      ...["Hello", "Hallo", "la", "ma", "na", "ra", "sa", "ta", "va"].map((prompt) => say(prompt)),
      ...["Joe", "Eoj", "Ann"].map((voice) => say("Hello", 0, voice)),
      ...Array.from({ length: 99 }, (_, at) => say("Hello", at + 1)),
    ];
    expect(new Set(takes.map(bytes)).size).toBe(takes.length);
  });

  it("takes longer for more words, up to 25 seconds", () => {
    const lengths = [1, 3, 10, 30].map((count) => seconds(say("la ".repeat(count))));
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
    expect(new Set(lengths).size).toBe(4);
    expect(seconds(say("la ".repeat(5000)))).toBeLessThan(25);
  });

  it.each(["", "?!", "mm", "你好，世界", "naïve café", "12345", "a".repeat(1000)])("says %s aloud", (prompt) => {
    const samples = say(prompt);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(seconds(samples)).toBeGreaterThan(1);
    expect(Math.sqrt(power)).toBeGreaterThan(0.05);
    expect(peak).toBeLessThanOrEqual(0.61);
  });

  it("is a tone and not noise: the last syllable repeats itself from one period to the next", () => {
    const tail = say("la").slice(sampleRate / 4, sampleRate / 2);
    const likeness = (lag: number) => {
      const [near, far] = [tail.subarray(0, tail.length - lag), tail.subarray(lag)];
      const product = near.reduce((sum, sample, at) => sum + sample * (far[at] ?? 0), 0);
      return product / tail.reduce((sum, sample) => sum + sample * sample, 0);
    };
    // Periods of voices from 80 to 400 Hz.
    const best = Math.max(...Array.from({ length: 240 }, (_, at) => likeness(at + 60)));
    expect(best).toBeGreaterThan(0.8);
  });
});

describe("syllablesOf", () => {
  it("hears one syllable for each run of vowels", () => {
    const hello = syllablesOf("Hello you");
    expect(hello.map(({ vowel, endsWord }) => [vowel, endsWord])).toEqual([
      ["e", false],
      ["o", true],
      ["o", true],
    ]);
  });

  it("hears accented vowels and other scripts", () => {
    expect(syllablesOf("Café").map(({ vowel }) => vowel)).toEqual(["a", "e"]);
    expect(syllablesOf("こんにちは世界")).toHaveLength(3);
    expect(syllablesOf("...")).toHaveLength(1);
  });
});
