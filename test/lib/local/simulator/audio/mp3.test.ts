import { parseBuffer } from "music-metadata";
import { describe, expect, it } from "vitest";
import { babble, sampleRate } from "../../../../../lib/local/simulator/audio/babble.ts";
import { mp3File } from "../../../../../lib/local/simulator/audio/mp3.ts";

const samples = babble({ prompt: "The same words, the same song.", voiceName: null, index: 0 });
const read = async () => Buffer.concat([...(await mp3File(samples, sampleRate)).read()]);

describe("mp3File", () => {
  it("is a mono MP3 at 64 kbit/s as long as the samples", async () => {
    const file = await read();
    const { format } = await parseBuffer(file, { mimeType: "audio/mpeg" }, { duration: true });
    expect(format).toMatchObject({ container: "MPEG", codec: "MPEG 2 Layer 3", sampleRate: 24_000, bitrate: 64_000 });
    expect(format.numberOfChannels).toBe(1);
    // The codec adds at most four frames of 576 samples: its delay in front, a filled last frame behind.
    const added = (format.duration ?? 0) - samples.length / sampleRate;
    expect(added).toBeGreaterThanOrEqual(0);
    expect(added).toBeLessThanOrEqual((4 * 576) / sampleRate);
  });

  it("encodes the same samples to the same bytes", async () => {
    expect((await read()).equals(await read())).toBe(true);
  });
});
