/** A client of the vendor's API on the simulator, with faults by request, for the tests of that client. */
import { onTestFinished } from "vitest";
import { createGuardedHttp } from "../../../functions/adapters/guarded-http.ts";
import { createMagicHour, type MagicHourOptions } from "../../../functions/adapters/magic-hour.ts";
import { fixedSecret } from "../../../functions/adapters/secrets.ts";
import type { ArrivedRequest, SimulatedFault } from "../../../lib/local/simulator/request-hook.ts";
import { atOnce, runSimulator, startOfTest } from "../../lib/local/simulator/running-simulator.ts";

/** The key that is let in. No error and no reason may hold it. */
export const key = "mhk_live_0secretkey0";

/** An error body in which the vendor repeats what it should not. */
export const leaky = { code: "bad", message: `no: Bearer ${key} at https://a.test/x?X-Goog-Signature=secret` };

/** A simulator that commits the faults, one a request and the last one for ever, and a client of it. */
export async function runApi(
  faults: readonly (SimulatedFault | undefined)[] = [],
  changed: Partial<MagicHourOptions> = {},
) {
  const arrived: ArrivedRequest[] = [];
  const { simulator } = await runSimulator({
    apiKey: key,
    plan: atOnce,
    onRequest: (request) => faults[Math.min(arrived.push(request), faults.length) - 1],
  });
  const http = createGuardedHttp({ exceptions: simulator.url });
  onTestFinished(() => http.close());
  const usual = { baseUrl: simulator.url, apiKey: fixedSecret(key), http, now: () => startOfTest };
  const magicHour = createMagicHour({ ...usual, ...changed });
  return { simulator, arrived, magicHour, id: simulator.createProject() };
}

/** The Authorization of every request that arrived. */
export const authorizations = (arrived: readonly ArrivedRequest[]) =>
  arrived.map(({ headers }) => headers.authorization);
