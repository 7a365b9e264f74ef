import { expect, test } from "vitest";
import { getCommand } from "../../bin/commands/get.ts";
import { exitCodeOf } from "../../bin/exit-codes.ts";
import { rejectionOf } from "../support/everything-in.ts";
import { printed, startCommandVendor } from "./printed.ts";

const simulator = await startCommandVendor();
const atOnce = { queuedSeconds: 0, renderingSeconds: 0 };

test("a project: facts without URLs for people, its status for scripts, everything as JSON", async () => {
  const fileNames = ["gr\u001b[31müße.wav"];
  const id = simulator.createProject({ ...atOnce, name: "Greeting", outputs: 2, fileNames });
  const { stdout, stderr } = await printed(getCommand(), id);
  expect(stdout).toMatch(
    new RegExp(
      `^project  ${id}\nstatus   complete\nname     Greeting\ntype     VOICE_GENERATOR\ncreated  \\S+Z\ncredits  1\n` +
        "output   gr \\[31müße.wav, until \\S+Z\noutput   output.wav, until \\S+Z\n$",
    ),
  );
  expect([stdout, stderr]).toEqual([expect.not.stringContaining("Signature"), ""]);
  expect(await printed(getCommand(), id, "--quiet")).toEqual({ stdout: "complete\n", stderr: "" });
  const project = JSON.parse((await printed(getCommand(), id, "--json")).stdout);
  expect(project).toMatchObject({
    id,
    status: "complete",
    downloads: [{ url: expect.stringContaining("Signature=") }, {}],
  });
});

test("one that failed is shown with its error; one that is not there, and no key, end with their codes", async () => {
  const failed = simulator.createProject({ ...atOnce, endIn: "error", error: { code: "bad", message: "No voice" } });
  expect((await printed(getCommand(), failed)).stdout).toContain("\nerror    bad: No voice\n");
  expect(exitCodeOf(await rejectionOf(printed(getCommand(), "nobody")))).toBe(5);
  expect(exitCodeOf(await rejectionOf(printed(getCommand(), "no/id")))).toBe(2);
  expect(exitCodeOf(await rejectionOf(printed(getCommand(), failed, "--json", "--quiet")))).toBe(2);
  const key = process.env["MAGIC_HOUR_API_KEY"];
  delete process.env["MAGIC_HOUR_API_KEY"];
  const unauthorized = await rejectionOf(printed(getCommand(), failed));
  process.env["MAGIC_HOUR_API_KEY"] = key;
  expect(exitCodeOf(unauthorized)).toBe(8);
});
