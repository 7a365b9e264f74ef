import { readFile } from "node:fs/promises";
import { transform } from "esbuild";
import { describe, expect, it } from "vitest";
import * as errors from "../../../functions/domain/errors.ts";

type ErrorClass = new (message: string) => Error;

const isErrorClass = (value: unknown): value is ErrorClass => typeof value === "function";
const exported: [string, unknown][] = Object.entries(errors);
const classes = exported.filter((entry): entry is [string, ErrorClass] => isErrorClass(entry[1]));
const names = [...errors.terminalErrorNames, ...errors.passingErrorNames, "AddressRefused", "InvalidSigningSecret"];

describe("the error family", () => {
  it("is the terminal names, the passing names, the guard's and the signature's own, each with a class", () => {
    expect(classes.map(([name]) => name).sort()).toEqual([...names].sort());
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(classes)("%s carries its class's name, its message and a stack", (name, ErrorOfName) => {
    const error = new ErrorOfName("why");
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.message]).toEqual([name, "why"]);
    expect(ErrorOfName.name).toBe(name);
    expect(error.stack).toContain("errors.test.ts");
  });

  it("keeps its names when a minifier has mangled those of the classes", async () => {
    const source = await readFile(new URL("../../../functions/domain/errors.ts", import.meta.url), "utf8");
    const { code } = await transform(source, { loader: "ts", minify: true, format: "esm" });
    const minified: Record<string, unknown> = await import(
      /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`
    );
    for (const [name] of classes) {
      const Mangled = minified[name];
      if (!isErrorClass(Mangled)) throw new Error(`${name} is not exported by the minified module`);
      expect(Mangled.name, "the minifier mangled nothing: this test proves nothing").not.toBe(name);
      expect(new Mangled("why").name).toBe(name);
    }
  });
});
