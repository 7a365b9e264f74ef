/** The sound of a vowel: harmonics of a voice, loudest near the vowel's two formants. */
import type { Vowel } from "./syllables.ts";

/** First and second formant in hertz, rounded from the men's averages of Peterson and Barney (1952). */
const formants: Readonly<Record<Vowel, readonly [number, number]>> = {
  a: [730, 1090],
  e: [530, 1840],
  i: [270, 2290],
  o: [570, 840],
  u: [300, 870],
};

const cycleLength = 1024;
const peak = 0.6;
/** Above 24 harmonics the second formant of every vowel has been passed and the rest is too quiet to matter. */
const mostHarmonics = 24;

/** One period of the vowel hummed at `hertz`, as 1,024 samples within -0.6 and 0.6. */
export function singleCycle(vowel: Vowel, hertz: number, sampleRate: number): Float32Array {
  const cycle = new Float32Array(cycleLength);
  // Harmonics at or above half the sample rate would come back as false tones.
  const harmonics = Math.min(mostHarmonics, Math.floor(sampleRate / 2 / hertz));
  for (let harmonic = 1; harmonic <= harmonics; harmonic += 1) {
    const gain = loudness(vowel, harmonic * hertz) / harmonic;
    for (let at = 0; at < cycleLength; at += 1) {
      cycle[at] = (cycle[at] ?? 0) + gain * Math.sin((2 * Math.PI * harmonic * at) / cycleLength);
    }
  }
  const loudest = cycle.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return cycle.map((sample) => (sample * peak) / loudest);
}

/** A resonance of 120 Hz half width at each formant, over a floor that keeps the pitch itself audible. */
function loudness(vowel: Vowel, hertz: number): number {
  return formants[vowel].reduce((sum, formant) => sum + 1 / (1 + ((hertz - formant) / 120) ** 2), 0.15);
}
