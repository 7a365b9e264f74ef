/**
 * Sound for a prompt: it hums the prompt's syllables. Each word picks its pitches on a pentatonic scale and each
 * vowel its two formants, so that different prompts sound different and the same prompt always sounds the same.
 */
import { syllablesOf } from "./syllables.ts";
import { textHash } from "./text-hash.ts";
import { singleCycle } from "./vowel.ts";

/** Samples a second of everything the simulator renders: a rate that both WAV and MPEG-2 layer III know. */
export const sampleRate = 24_000;

const syllableSeconds = 0.22;
const pauseSeconds = 0.07;
const finalSeconds = 1.2;
/** At most 80 syllables are hummed: 79 x 0.22 + 1.2 + 80 x 0.07 s is 24.2 s at the longest. */
const mostSyllables = 80;

/** What the sound depends on. */
export interface Utterance {
  readonly prompt: string;
  /** Null is one fixed voice; a name picks another pitch within an octave. */
  readonly voiceName: string | null;
  /** The output's index: each sounds a fifth of a semitone higher than the one before it, so that none are equal. */
  readonly index: number;
}

/** Renders 1.2 to 24.2 s of mono sound, longer for more syllables, each sample between -1 and 1. */
export function babble(utterance: Utterance): Float32Array<ArrayBuffer> {
  const syllables = syllablesOf(utterance.prompt).slice(0, mostSyllables);
  const lengths = syllables.map((_, at) => (at === syllables.length - 1 ? finalSeconds : syllableSeconds));
  const pauses = syllables.map((syllable) => (syllable.endsWord ? pauseSeconds : 0));
  const seconds = [...lengths, ...pauses].reduce<number>((sum, length) => sum + length, 0);
  const samples = new Float32Array(Math.ceil(seconds * sampleRate));
  const base = basePitch(utterance);
  let start = 0;
  syllables.forEach((syllable, at) => {
    const hertz = base * 2 ** (syllable.semitones / 12);
    const length = Math.floor((lengths[at] ?? 0) * sampleRate);
    hum(samples.subarray(start, start + length), hertz, singleCycle(syllable.vowel, hertz, sampleRate));
    start += length + Math.floor((pauses[at] ?? 0) * sampleRate);
  });
  return samples;
}

const lowestPitch = 130.81; // hertz: C3, a low speaking voice

function basePitch({ prompt, voiceName, index }: Utterance): number {
  const voice = textHash(voiceName ?? "") % 12;
  // Less than a semitone by the whole text: prompts whose few syllables agree in pitch still differ in every byte.
  const detune = textHash(`${voiceName ?? ""}\n${prompt}`) / 2 ** 32;
  return lowestPitch * 2 ** ((voice + detune + index / 5) / 12);
}

/** Fills `out` with the cycle at a pitch that falls by 4 % as speech does, faded in over 20 ms and out over 80 ms. */
function hum(out: Float32Array, hertz: number, cycle: Float32Array): void {
  let phase = 0;
  for (let at = 0; at < out.length; at += 1) {
    const fadeIn = Math.min(1, at / (0.02 * sampleRate));
    const fadeOut = Math.min(1, (out.length - at) / (0.08 * sampleRate));
    out[at] = (cycle[Math.floor(phase * cycle.length)] ?? 0) * fadeIn * fadeOut;
    phase = (phase + (hertz * (1 - (0.04 * at) / out.length)) / sampleRate) % 1;
  }
}
