/** An output that is much larger than all buffers together is copied through them: row 29 of the faults. */
import { expect, test } from "vitest";
import { bundleCopyingProcess } from "../support/copying-bundle.ts";
import { useProcesses } from "../support/function-process.ts";
import { audioBytes, startOriginProject } from "../support/origin-project.ts";
import { factsOf } from "../support/transfer-expectations.ts";

const mebibyte = 1_024 ** 2;

test("200 MiB are copied in a process with 32 MiB of heap, and never hold more than 64 MiB outside of it", async () => {
  await using bundle = await bundleCopyingProcess();
  // A prime number of bytes over and over: no two parts are alike.
  const body = Buffer.alloc(200 * mebibyte, audioBytes(1_048_583));
  await using project = await startOriginProject({ body, etag: '"1"' });
  const execArgv = ["--max-old-space-size=32"];
  const { calls, peaks } = useProcesses(project.harness, { bundle: bundle.path, execArgv });
  const { output } = await project.transfer({ deleteAfterDownload: false });
  expect(output.outputs).toMatchObject([factsOf(body)]);
  expect(calls).toHaveLength(1);
  // Measured at each piece that arrives. `arrayBuffers` has the buffers' bytes in it, which `external` lacks: they are shared.
  for (const { external, arrayBuffers } of peaks) {
    expect([external < 64 * mebibyte, arrayBuffers < 64 * mebibyte, arrayBuffers > 8 * mebibyte]).toEqual(
      Array(3).fill(true),
    );
  }
  expect(peaks).toHaveLength(1);
});
