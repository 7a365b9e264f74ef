import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Tests that leave nothing behind in their process: no mocks, no environment, no servers. */
const lastingNothing = ["test/functions/domain/**/*.test.ts", "test/lib/cloud/**/*.test.ts"];

export default defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    // Many tests wait for real time-outs: by default, a core fewer than there are, half of the time would be waited away.
    maxWorkers: availableParallelism() + 1,
    // Transfers run over real sockets with real (short) waits: generous, because no test asserts time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      // A process for all of them: half of their time was loading aws-cdk-lib and fast-check anew for each file.
      { extends: true, test: { name: "lasting nothing", include: lastingNothing, isolate: false } },
      { extends: true, test: { name: "isolated", include: ["test/**/*.test.ts"], exclude: lastingNothing } },
    ],
  },
});
