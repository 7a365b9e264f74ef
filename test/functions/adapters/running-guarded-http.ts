import { onTestFinished } from "vitest";
import { createGuardedHttp, type GuardedHttpOptions } from "../../../functions/adapters/guarded-http.ts";
import { startRawListener } from "../../support/raw-listener.ts";

/** A listener, and the guarded adapter with that listener as its exception. */
export async function excepted(
  onData?: Parameters<typeof startRawListener>[0],
  options: Omit<GuardedHttpOptions, "exceptions"> = {},
) {
  const raw = await startRawListener(onData);
  const url = `http://127.0.0.1:${raw.port}`;
  const http = createGuardedHttp({ ...options, exceptions: url });
  onTestFinished(async () => {
    await http.close();
    await raw.close();
  });
  return { raw, url, http };
}
