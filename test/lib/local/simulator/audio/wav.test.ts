import { parseBuffer } from "music-metadata";
import { describe, expect, it } from "vitest";
import { wavFile } from "../../../../../lib/local/simulator/audio/wav.ts";

const samples = Float32Array.from({ length: 24_000 }, (_, at) => Math.sin(at / 10) / 2);
const read = (sizeBytes: number | null, start?: number, end?: number) =>
  Buffer.concat([...wavFile(samples, 24_000, sizeBytes).read(start, end)]);

describe("wavFile", () => {
  it("is a mono 16-bit WAV of the samples", async () => {
    const file = read(null);
    expect(file.length).toBe(44 + 48_000);
    expect(file.readInt16LE(44 + 2 * 100)).toBe(Math.round((samples[100] ?? 0) * 32_767));
    const { format } = await parseBuffer(file, { mimeType: "audio/wav" }, { duration: true });
    expect(format).toMatchObject({ container: "WAVE", codec: "PCM", sampleRate: 24_000, bitsPerSample: 16 });
    expect(format).toMatchObject({ numberOfChannels: 1, duration: 1, lossless: true });
  });

  it("clips what lies outside -1 and 1", () => {
    const file = Buffer.concat([...wavFile(Float32Array.of(2, -2), 24_000, null).read()]);
    expect([file.readInt16LE(44), file.readInt16LE(46)]).toEqual([32_767, -32_767]);
  });

  it.each([46, 47, 1000, 48_044, 48_045, 100_001, 1_000_000])("fills exactly %i bytes", async (sizeBytes) => {
    const file = read(sizeBytes);
    const dataBytes = sizeBytes - 44 - (sizeBytes % 2);
    expect(file.length).toBe(sizeBytes);
    expect([file.readUInt32LE(4), file.readUInt32LE(40)]).toEqual([36 + dataBytes, dataBytes]);
    const { format } = await parseBuffer(file, { mimeType: "audio/wav" }, { duration: true });
    expect(format.duration).toBeCloseTo(dataBytes / 48_000, 5);
  });

  it("repeats the sound to fill a longer file", () => {
    const [once, twice] = [read(null), read(44 + 96_000)];
    expect(twice.subarray(44, 48_044).equals(once.subarray(44))).toBe(true);
    expect(twice.subarray(48_044).equals(once.subarray(44))).toBe(true);
  });

  it("reads any piece as the whole reads it", () => {
    const whole = read(200_001);
    for (const [start, end] of [
      [0, 1],
      [0, 44],
      [43, 45],
      [44, 48_044],
      [48_043, 48_045],
      [99_999, 200_001],
      [200_000, 200_001],
      [150_000, 999_999],
    ] as const) {
      expect(read(200_001, start, end).equals(whole.subarray(start, end))).toBe(true);
    }
    expect(read(200_001, 5, 5).length).toBe(0);
  });

  it("reaches the end of a file near 4 GiB without reading the rest", () => {
    const bytes = 2 ** 32 - 1;
    const tail = read(bytes, bytes - 3);
    const dataBytes = bytes - 45;
    const pattern = read(null).subarray(44);
    expect(tail[0]).toBe(pattern[(dataBytes - 2) % 48_000]);
    expect(tail[1]).toBe(pattern[(dataBytes - 1) % 48_000]);
    expect([tail.length, tail[2]]).toEqual([3, 0]);
    expect(read(bytes, 0, 44).readUInt32LE(4)).toBe(bytes - 1 - 8);
  });

  it("can be empty", () => {
    const file = wavFile(samples, 24_000, 0);
    expect([file.bytes, [...file.read()]]).toEqual([0, []]);
  });
});
