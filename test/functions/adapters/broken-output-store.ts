import { onTestFinished } from "vitest";
import { createOutputStore } from "../../../functions/adapters/output-store.ts";
import { createS3Client } from "../../../functions/adapters/s3-client.ts";
import { BUCKET } from "../../lib/local/object-store/store-fixture.ts";
import type { Behaviour } from "../../support/behaviour.ts";
import { startMisbehavingOrigin } from "../../support/misbehaving-origin.ts";

/** An S3 whose every GET answers with these bytes and misbehaves in the middle of them. */
export async function brokenOutputStore(body: Uint8Array, behaviour: Behaviour) {
  const origin = await startMisbehavingOrigin({ body, contentType: "application/json" }, () => behaviour);
  const client = createS3Client(
    {
      AWS_ENDPOINT_URL_S3: origin.url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "dummy",
      AWS_SECRET_ACCESS_KEY: "dummy",
    },
    typeof behaviour.stop === "object" && behaviour.stop.by === "stall" ? { idleTimeout: 500 } : {},
  );
  onTestFinished(async () => {
    client.destroy();
    await origin.close();
  });
  return createOutputStore(client, BUCKET);
}
