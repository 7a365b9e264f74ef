/** The vendor's SDK in this very process, silent: for calls that come to an end, and whose log is not looked at. */
import { createRequire } from "node:module";
import { onTestFinished, vi } from "vitest";
import type { MagicHourSimulator } from "../../lib/local/simulator/magic-hour-simulator.ts";

/** The SDK's audio projects, at a simulator. It polls 50 times a second until the test is over. */
export function vendorProjects({ url, apiKey }: Pick<MagicHourSimulator, "url" | "apiKey">) {
  vi.stubEnv("MAGIC_HOUR_LOG_LEVEL", "none");
  vi.stubEnv("MAGIC_HOUR_POLL_INTERVAL", "0.02");
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  // The SDK is CommonJS, and this is how CommonJS loads it.
  const { default: Client } = createRequire(import.meta.url)("magic-hour") as typeof import("magic-hour");
  return new Client({ baseUrl: url, token: apiKey }).v1.audioProjects;
}
