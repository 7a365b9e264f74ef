import { CommanderError } from "commander";
import { expect, test } from "vitest";
import { exitCodeOf, exitCodes, exitCodesHelp } from "../../bin/exit-codes.ts";
import { Conflict, NotFound } from "../../functions/domain/api-errors.ts";
import * as errors from "../../functions/domain/errors.ts";
import { AwsAccessDenied, RedeliveryRefused, TransferStopped } from "../../lib/client/transfer-errors.ts";

test.each<[Error, number]>([
  [new Error("x"), 1],
  [new errors.InvalidInput("x"), 2],
  [new errors.ProjectFailed("x"), 3],
  [new errors.ProjectCanceled("x"), 4],
  [new TransferStopped("x"), 4],
  [new errors.ProjectGone("x"), 5],
  [new NotFound("x"), 5],
  [new errors.DeadlineExceeded("x"), 6],
  [new errors.VendorUnavailable("x"), 7],
  [new errors.WorkflowsUnavailable("x"), 7],
  [new errors.CopyInterrupted("x"), 7],
  [new errors.Unauthorized("x"), 8],
  [new AwsAccessDenied("x"), 8],
  [new errors.TransferFailed("x"), 9],
  [new Conflict("x"), 9],
  [new RedeliveryRefused("x"), 9],
  [new CommanderError(1, "commander.unknownOption", "x"), 2],
  [new CommanderError(0, "commander.help", "x"), 0],
])("%s ends with its code", (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

test("what an aborted signal rejects with is an interruption, and what is no error a failure", () => {
  expect(exitCodeOf(AbortSignal.abort().reason)).toBe(130);
  expect(exitCodeOf(undefined)).toBe(1);
  expect(exitCodeOf({ name: "toString" })).toBe(1);
});

test("the help names every code", () => {
  for (const code of Object.values(exitCodes)) expect(exitCodesHelp).toMatch(new RegExp(`\\b${code} `));
});
