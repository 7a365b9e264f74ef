/** Whether all that goes wrong in a scenario may pass: then the copy must end well, once all of it is over. */
import type { OriginStep, OutputScenario, Scenario, StoreDeed } from "./scenario.ts";

/** Fresh URLs that the copy fetches before it believes a refusal. */
const mostRefusals = 3;

/** What is refused for good at once: no later answer would make such a source verifiable. */
const finalSteps: ReadonlySet<OriginStep["does"]> = new Set([
  "close-delimited",
  "chunked",
  "gzip",
  "empty",
  "redirect",
] as const);

const passingDeeds: ReadonlySet<StoreDeed> = new Set([
  "reset",
  "reset in body",
  "answer lost",
  "late",
  "answered late",
  "upload aborted meanwhile",
  "error in 200",
  "error in 200, carried out",
  "500 InternalError",
  "503 ServiceUnavailable",
  "503 SlowDown",
  "400 BadDigest",
  "400 RequestTimeout",
  "404 NoSuchUpload",
  "409 ConditionalRequestConflict",
] as const);

/**
 * Whether a scenario is of such faults only. Not those whose time ends early: an output that does not fit a function's time
 * may be refused for good; nor those in which two transfers, or another writer, may have seen different versions.
 */
export function mayPass({ outputs, store, attempts, transfers }: Scenario, maxOutputBytes: number): boolean {
  const steps = outputs.flatMap(({ answers }) => answers);
  const isChanging = steps.some(({ version }) => version !== undefined && version !== 0);
  const isEqual = (write: unknown) => write === "equal bytes" && !isChanging;
  return (
    outputs.every((output) => isCopyable(output, maxOutputBytes) && (isHarmless(output) || isEqual(output.before))) &&
    steps.filter(isRefusal).length <= mostRefusals &&
    store.every((step) => passingDeeds.has(step.does) || (step.on !== "PutObject" && isEqual(step.does))) &&
    attempts.every((time) => typeof time !== "number") &&
    (transfers === 1 || !isChanging)
  );
}

function isCopyable({ bytes, isPrivate, answers }: OutputScenario, maxOutputBytes: number): boolean {
  return bytes >= 1 && bytes <= maxOutputBytes && !isPrivate && answers.every(({ does }) => !finalSteps.has(does));
}

const isHarmless = ({ before }: OutputScenario) => before === undefined || before === "open upload";

function isRefusal(step: OriginStep): boolean {
  return step.does === "expire URL" || (step.does === "status" && [400, 401, 403, 404, 410].includes(step.status));
}
