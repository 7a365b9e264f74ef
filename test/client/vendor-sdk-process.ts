/**
 * The vendor's SDK in a process of its own, because it writes to the log and may poll for ever:
 * `vendor-sdk-process.ts <base url> <key> <id> <JSON options>`. Its last line is the JSON result, after `result: `.
 */
import { createRequire } from "node:module";

// The SDK is CommonJS, and this is how CommonJS loads it.
const { default: Client } = createRequire(import.meta.url)("magic-hour") as typeof import("magic-hour");

const [baseUrl = "", token = "", id = "", options = "{}"] = process.argv.slice(2);
const result = await new Client({ baseUrl, token }).v1.audioProjects.checkResult({ id }, JSON.parse(options));
process.stdout.write(`\nresult: ${JSON.stringify(result)}\n`);
