/**
 * One pass of the cleanup in a process of its own, that can be killed as Lambda's can: its environment is the function's,
 * and SKIPPED_MILLISECONDS is how far its clock is ahead of the real one.
 */
import { createCleanup } from "../../functions/cleanup.ts";

const skipped = Number(process.env["SKIPPED_MILLISECONDS"]);
const ignore = () => undefined;
const host = { now: () => Date.now() + skipped, random: Math.random, sink: { info: ignore, warn: ignore } };
await createCleanup(process.env, host)({ source: "aws.events" }, { getRemainingTimeInMillis: () => 900_000 });
// Connections that are kept alive would keep the process, too.
process.exit();
