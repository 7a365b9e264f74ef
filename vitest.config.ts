import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    include: ["test/**/*.test.ts"],
    // Transfers run over real sockets with real (short) waits: generous, because no test asserts time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
