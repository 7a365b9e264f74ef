/** Text to syllables: enough phonetics to hum by. */
import { textHash } from "./text-hash.ts";

/** One syllable to hum. */
export interface Syllable {
  readonly vowel: Vowel;
  /** Height above the voice's base pitch, in semitones of a major pentatonic scale, 0 to 9. */
  readonly semitones: number;
  /** True on the last syllable of a word: a pause follows. */
  readonly endsWord: boolean;
}

/** The five vowels that the voice knows. */
export type Vowel = "a" | "e" | "i" | "o" | "u";

const pentatonic = [0, 2, 4, 7, 9] as const;
const vowels: readonly Vowel[] = ["a", "e", "i", "o", "u"];

/** The syllables of a text, at least one. Letters without a Latin vowel count as a syllable for every three. */
export function syllablesOf(text: string): readonly Syllable[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ["mm"];
  return words.flatMap((word) => {
    const hash = textHash(word);
    const sounds = vowelsOf(word);
    return sounds.map((vowel, at) => ({
      vowel,
      semitones: pentatonic[(hash + at * (1 + (hash % 3))) % pentatonic.length] ?? 0,
      endsWord: at === sounds.length - 1,
    }));
  });
}

/** One vowel for each run of vowels; words in other scripts take theirs from their letters' code points. */
function vowelsOf(word: string): readonly Vowel[] {
  // Decomposed, an accented vowel is the plain one and a mark: "é" hums like "e".
  const runs = word
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .match(/[aeiou]+/g);
  if (runs !== null) return runs.map((run) => vowels.find((vowel) => run.startsWith(vowel)) ?? "a");
  const letters = [...word];
  return letters.filter((_, at) => at % 3 === 0).map((letter) => vowels[textHash(letter) % vowels.length] ?? "a");
}
