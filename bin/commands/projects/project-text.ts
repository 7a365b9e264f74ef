import { isAbsolute, relative } from "node:path";
import { redact } from "../../../functions/domain/redaction.ts";
import type { AudioProject } from "../../../lib/client/audio-project.ts";
import type { OutputsIncomplete } from "../../../lib/client/outputs-incomplete.ts";
import type { CheckResult, SavedOutput } from "../../../lib/client/results.ts";
import { formatBytes } from "../../../lib/local/terminal/format.ts";
import { styleFor } from "../../../lib/local/terminal/transfer-report.ts";
import { alignedTable, formatTime } from "../transfers/table.ts";

/** A project as a person reads it: a fact a line. It holds no URL, because screens are shared and logged. */
export function projectText(project: AudioProject): string {
  const style = styleFor(process.stdout);
  const { id, name, status, type, createdAt, creditsCharged, enabled, error, downloads } = project;
  const facts: [string, string][] = [
    ["project", style("bold", id)],
    ["status", status],
  ];
  if (!enabled) facts.push(["deleted", "yes"]);
  if (name !== null) facts.push(["name", name]);
  if (type !== null) facts.push(["type", type]);
  if (createdAt !== null) facts.push(["created", formatTime(createdAt)]);
  if (creditsCharged !== null) facts.push(["credits", String(creditsCharged)]);
  if (error) facts.push(["error", [error.code, error.message].filter((word) => word !== null).join(": ")]);
  for (const { url, expiresAt } of downloads) {
    facts.push(["output", `${nameIn(url)}${expiresAt === null ? "" : `, until ${formatTime(expiresAt)}`}`]);
  }
  return alignedTable(facts);
}

/** What a look at a project came to, as a person reads it. */
export function checkResultText(result: CheckResult): string {
  const style = styleFor(process.stdout);
  const { id, verdict, status, outputs, manifest, deleted, polls } = result;
  const raw = status === null || status === verdict ? "" : ` (${status})`;
  const facts: [string, string][] = [
    ["project", `${style("bold", id)}: ${verdict}${raw}, ${polls} ${polls === 1 ? "poll" : "polls"}`],
    ...outputs.map((output): [string, string] => ["saved", savedText(output)]),
  ];
  if (manifest !== undefined) facts.push(["manifest", placeText(manifest)]);
  if (deleted === "yes") facts.push(["deleted", "yes, after every byte was verified"]);
  return alignedTable(facts);
}

/** What is there and what is missing of a project whose outputs could not all be saved. */
export function incompleteText({ outputs, missing }: OutputsIncomplete): string {
  return alignedTable([
    ...outputs.map((output) => ["saved", savedText(output)]),
    ...missing.map(({ where }) => ["missing", placeText(where)]),
  ]);
}

function savedText({ where, bytes }: SavedOutput): string {
  return `${placeText(where)}  ${formatBytes(bytes)}`;
}

/** A place as a person finds it: below the working directory from there. @param where an absolute path, or an s3:// URI */
function placeText(where: string): string {
  if (!isAbsolute(where)) return where;
  const path = relative(process.cwd(), where);
  return path.startsWith("..") ? where : path;
}

/** The file name in a download URL, without what a terminal would obey. */
function nameIn(url: string): string {
  const { pathname } = URL.parse(url) ?? {};
  if (pathname === undefined) return "?";
  const last = pathname.slice(pathname.lastIndexOf("/") + 1);
  try {
    return redact(decodeURIComponent(last));
  } catch {
    return redact(last);
  }
}
