/** WAV files: mono, 16-bit PCM, of the rendered length or of any other. */
import { type RenderedAudio, renderedAudio } from "./rendered-audio.ts";

const headerBytes = 44;
const bytesPerSample = 2;

/**
 * The samples as a WAV file. With `sizeBytes` the sound is cut or repeated until the file has exactly that length: 0
 * gives an empty file without even a header; an odd size ends in one byte after the RIFF chunk, which players ignore,
 * because samples have two bytes.
 * @param samples -1 to 1; what lies outside is clipped
 * @param sampleRate in hertz
 */
export function wavFile(samples: Float32Array, sampleRate: number, sizeBytes: number | null): RenderedAudio {
  const pattern = toPcm16(samples);
  const bytes = sizeBytes ?? headerBytes + pattern.length;
  if (bytes === 0) return renderedAudio("audio/wav", 0, () => pattern);
  const dataBytes = bytes - headerBytes - ((bytes - headerBytes) % bytesPerSample);
  const header = wavHeader(dataBytes, sampleRate);
  const filler = Uint8Array.of(0);
  return renderedAudio("audio/wav", bytes, (offset) => {
    if (offset < headerBytes) return header.subarray(offset);
    const position = offset - headerBytes;
    if (position >= dataBytes) return filler;
    return pattern.subarray(position % pattern.length).subarray(0, dataBytes - position);
  });
}

/** The 44-byte header of a mono 16-bit PCM file; after Microsoft's "Multiple Channel Audio Data and WAVE Files". */
function wavHeader(dataBytes: number, sampleRate: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write("RIFF", 0, "ascii");
  header.writeUInt32LE(headerBytes - 8 + dataBytes, 4);
  header.write("WAVEfmt ", 8, "ascii");
  header.writeUInt32LE(16, 16); // length of the fmt chunk
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // channels
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * bytesPerSample, 28); // bytes a second
  header.writeUInt16LE(bytesPerSample, 32); // bytes a frame
  header.writeUInt16LE(bytesPerSample * 8, 34); // bits a sample
  header.write("data", 36, "ascii");
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

function toPcm16(samples: Float32Array): Uint8Array {
  const pcm = Buffer.alloc(samples.length * bytesPerSample);
  samples.forEach((sample, at) => {
    pcm.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), at * bytesPerSample);
  });
  return pcm;
}
