import { createGuardedHttp, type GuardedHttp } from "./adapters/guarded-http.ts";
import { createMagicHour, type MagicHour } from "./adapters/magic-hour.ts";
import { fixedSecret, secretsManagerSecret } from "./adapters/secrets.ts";
import { createVendorPacer, type VendorPacer } from "./adapters/vendor-pacer.ts";
import { environmentNames, vendorBaseUrl } from "./contract.ts";
import { type Environment, requireVariable } from "./environment.ts";
import type { Host } from "./host.ts";

/** What functions need of the vendor. */
interface Vendor {
  readonly http: GuardedHttp;
  readonly magicHour: MagicHour;
  readonly pacer: VendorPacer;
}

/** The vendor's API and the guarded way out, from the environment. Apart from the store, so that a poll does not load S3. */
export function composeVendor(environment: Environment, host: Host): Vendor {
  const { now, pacer = createVendorPacer(host) } = host;
  const http = createGuardedHttp({ exceptions: environment[environmentNames.guardExceptions] });
  const fixed = environment[environmentNames.apiKey];
  const apiKey = fixed
    ? fixedSecret(fixed)
    : secretsManagerSecret(requireVariable(environment, environmentNames.apiKeySecret), now);
  // A slash at the end would make `//v1`, which the vendor answers with 404: as if every project were gone.
  const baseUrl = (environment[environmentNames.baseUrl] || vendorBaseUrl).replace(/\/+$/, "");
  return { http, magicHour: createMagicHour({ baseUrl, apiKey, http, now, pacer }), pacer };
}
