import { afterEach, expect, test, vi } from "vitest";
import { startCollecting } from "../../../functions/adapters/collected-garbage.ts";

const mebibyte = 1_024 ** 2;

afterEach(() => void vi.unstubAllGlobals());

test("asks for a collection every 256 MiB, however they come", () => {
  const gc = vi.fn();
  vi.stubGlobal("gc", gc);
  const collect = startCollecting();
  const after = (mebibytes: number) => {
    collect(mebibytes * mebibyte);
    return gc.mock.calls.length;
  };
  expect([0, 255, 256, 257, 511, 512, 2_000, 2_001].map(after)).toEqual([0, 0, 1, 1, 1, 2, 3, 3]);
});

test("does without where the host does not let it ask", () => {
  vi.stubGlobal("gc", undefined);
  expect(() => startCollecting()(1_024 * mebibyte)).not.toThrow();
});
