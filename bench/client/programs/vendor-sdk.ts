/** The vendor's `checkResult`, called as its README calls it: `node vendor-sdk.cjs <call as JSON>`. */
import { default as magicHour } from "magic-hour";
import { runClient } from "./client-run.ts";

runClient(async ({ baseUrl, apiKey, id, directory }) => {
  const client = new magicHour.default({ baseUrl, token: apiKey });
  const { downloadedPaths } = await client.v1.audioProjects.checkResult(
    { id },
    { waitForCompletion: true, downloadOutputs: true, downloadDirectory: directory },
  );
  return downloadedPaths ?? [];
});
