import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    include: ["test/**/*.test.ts"],
    // Many tests wait for real time-outs: by default, a core fewer than there are, half of the time would be waited away.
    maxWorkers: availableParallelism() + 1,
    // Transfers run over real sockets with real (short) waits: generous, because no test asserts time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
