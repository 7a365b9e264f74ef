import { expect, test } from "vitest";
import { checkConfig } from "../../../lib/cloud/config.ts";
import { synthesizedTemplate } from "./synthesized-stack.ts";

/** Reserved concurrency of every function that has one, by the name of its construct. */
function reserved(config: Parameters<typeof synthesizedTemplate>[0]): Record<string, number> {
  const functions = Object.entries(synthesizedTemplate(config).findResources("AWS::Lambda::Function"));
  return Object.fromEntries(
    functions.flatMap(([id, { Properties }]) => {
      const most: number | undefined = Properties["ReservedConcurrentExecutions"];
      return most === undefined ? [] : [[id.replace(/^AudioTransfer|Function[0-9A-F]{8}$/g, ""), most]];
    }),
  );
}

test("ceilings on polls and copies are reserved concurrency of their functions; by default nothing is reserved", () => {
  expect(reserved({ maxConcurrentPolls: 20, maxConcurrentCopies: 5 })).toEqual({ CheckStatus: 20, DownloadOutputs: 5 });
  expect(reserved({ maxConcurrentCopies: 1 })).toEqual({ DownloadOutputs: 1 });
  expect(reserved({})).toEqual({});
});

test.each(["maxConcurrentPolls", "maxConcurrentCopies"])("%s has bounds", (name) => {
  for (const most of [0, 10_001, 1.5]) {
    expect(() => checkConfig({ [name]: most })).toThrow(`${name}: must be a whole number from 1 to 10000, got ${most}`);
  }
  for (const most of [1, 10_000]) expect(() => checkConfig({ [name]: most })).not.toThrow();
});
