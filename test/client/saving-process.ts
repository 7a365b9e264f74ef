/** Saves a project in a process of its own, which a test can end: `saving-process.ts <url> <key> <id> <directory>`. */
import { AudioProjects } from "../../lib/client/index.ts";

const [baseUrl = "", apiKey = "", id = "", downloadDirectory = "", ...exceptions] = process.argv.slice(2);
await using projects = new AudioProjects({
  baseUrl,
  apiKey,
  guardExceptions: [baseUrl, ...exceptions],
  environment: {},
});
await projects.checkResult({ id, downloadDirectory });
