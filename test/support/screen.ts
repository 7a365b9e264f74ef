/**
 * What a person would see: a stream that is a terminal to whoever writes to it, as far as progress bars use one. An escape
 * sequence that it does not know is an error: nothing must pass because it was overlooked.
 */

/** Size of a screen, in characters. */
export interface ScreenSize {
  /** Width. Default 80. */
  readonly columns?: number;
  /** Height: what scrolled away above it cannot be reached any more. Default 24. */
  readonly rows?: number;
}

/** Control Sequence Introducer, parameter and command (ECMA-48). */
const sequence = new RegExp(`${String.fromCharCode(27)}\\[(?<parameter>\\??\\d*)(?<command>[A-Za-z])`, "y");

/** A screen, empty at first. */
export class Screen {
  /** To be written to. */
  readonly stream: NodeJS.WriteStream;
  readonly #columns: number;
  readonly #rows: number;
  readonly #lines: string[] = [""];
  #row = 0;
  #column = 0;
  #isCursorShown = true;
  #isWrapping = true;

  constructor({ columns = 80, rows = 24 }: ScreenSize = {}) {
    this.#columns = columns;
    this.#rows = rows;
    const write = (text: string) => this.#write(text);
    this.stream = { isTTY: true, columns, write } as unknown as NodeJS.WriteStream;
  }

  /** All lines, those that scrolled away too, without blanks at their ends. */
  get lines(): readonly string[] {
    const shown = this.#lines.map((line) => line.trimEnd());
    return shown.slice(0, shown.findLastIndex((line) => line !== "") + 1);
  }

  /** Whether the cursor is shown, and in an empty last line: so a terminal is to be left. */
  get isTidy(): boolean {
    const isLast = this.#row === this.#lines.length - 1 && this.#lines[this.#row] === "";
    return isLast && this.#column === 0 && this.#isCursorShown && this.#isWrapping;
  }

  #write(text: string): boolean {
    for (let at = 0; at < text.length; ) {
      sequence.lastIndex = at;
      const { parameter = "", command } = sequence.exec(text)?.groups ?? {};
      if (command === undefined) this.#put(text[at] ?? "");
      else this.#obey(command, parameter);
      at = command === undefined ? at + 1 : sequence.lastIndex;
    }
    return true;
  }

  #put(character: string): void {
    if (character === "\n") {
      this.#newLine();
      return;
    }
    if (character < " ") throw new Error(`no such control character: ${JSON.stringify(character)}`);
    if (this.#column === this.#columns) {
      if (this.#isWrapping) this.#newLine();
      else this.#column -= 1;
    }
    const line = this.#line.padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column += 1;
  }

  /** As a terminal driver has it, which goes to the first column, too (`onlcr`). */
  #newLine(): void {
    this.#row += 1;
    this.#column = 0;
    this.#lines[this.#row] ??= "";
  }

  #obey(command: string, parameter: string): void {
    const before = this.#line.slice(0, this.#column);
    const commands: Record<string, () => void> = {
      A: () => {
        this.#row = Math.max(this.#lines.length - this.#rows, 0, this.#row - Number(parameter || 1));
      },
      G: () => {
        this.#column = Number(parameter || 1) - 1;
      },
      "0K": () => this.#lines.splice(this.#row, 1, before),
      "2K": () => this.#lines.splice(this.#row, 1, ""),
      "0J": () => this.#lines.splice(this.#row, Number.POSITIVE_INFINITY, before),
      "?25": () => {
        this.#isCursorShown = command === "h";
      },
      "?7": () => {
        this.#isWrapping = command === "h";
      },
    };
    const obey = commands[command] ?? commands[parameter + command] ?? (/[hl]/.test(command) && commands[parameter]);
    if (!obey) throw new Error(`no such command: ${parameter}${command}`);
    obey();
  }

  get #line(): string {
    return this.#lines[this.#row] ?? "";
  }
}
