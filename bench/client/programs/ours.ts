/** `AudioProjects.checkResult`, called as a program calls it: `node ours.cjs <call as JSON>`. */
import { AudioProjects } from "../../../lib/client/index.ts";
import { runClient } from "./client-run.ts";

runClient(async ({ baseUrl, apiKey, id, directory }) => {
  await using projects = new AudioProjects({ baseUrl, apiKey, guardExceptions: [baseUrl] });
  const { downloadedPaths } = await projects.checkResult({ id, downloadDirectory: directory });
  return downloadedPaths;
});
