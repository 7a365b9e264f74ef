/** MP3 files, by LAME compiled to WebAssembly: the module carries its code inside, nothing is fetched. */
import { createMp3Encoder } from "wasm-media-encoders";
import { type RenderedAudio, renderedAudio } from "./rendered-audio.ts";

/**
 * The samples as a mono MP3 file at a constant 64 kbit/s, plain for a voice at 24 kHz.
 * @param samples -1 to 1
 * @param sampleRate in hertz, one of MPEG's: 16,000, 22,050, 24,000, 32,000, 44,100, 48,000
 */
export async function mp3File(samples: Float32Array, sampleRate: 24_000 | 48_000): Promise<RenderedAudio> {
  const encoder = await createMp3Encoder();
  encoder.configure({ channels: 1, sampleRate, outputSampleRate: sampleRate, bitrate: 64 });
  // The encoder owns what it returns: Buffer.from copies each piece before the next call overwrites it.
  const body = Buffer.from(encoder.encode([samples]));
  const tail = Buffer.from(encoder.finalize());
  const file = Buffer.concat([body, tail]);
  return renderedAudio("audio/mpeg", file.length, (offset) => file.subarray(offset));
}
