import { isEventBus, placeOf } from "../../../functions/domain/endpoint.ts";
import { redact } from "../../../functions/domain/redaction.ts";
import type { TransferOutput } from "../../../functions/domain/transfer-output.ts";
import type { Delivery } from "../../../lib/client/delivery.ts";
import type { Transfer, TransferStatus, TransferSummary } from "../../../lib/client/transfer.ts";
import { formatBytes } from "../../../lib/local/terminal/format.ts";
import { type Style, styleFor } from "../../../lib/local/terminal/transfer-report.ts";
import { alignedTable, formatTime, formatTook } from "./table.ts";

/** A transfer as a person reads it: a fact a line. */
export function transferText(transfer: Transfer): string {
  const style = styleFor(process.stdout);
  const { name, error, output } = transfer;
  const facts: [string, string][] = [
    ["transfer", style("bold", name)],
    ...standing(transfer, style),
    ...(error ? [errorFact(error)] : []),
    ...(output ? outputFacts(output) : []),
  ];
  return alignedTable(facts);
}

/** A delivery as a person reads it: a fact a line. Of the endpoint only what is no secret. */
export function deliveryText(delivery: Delivery): string {
  const style = styleFor(process.stdout);
  return alignedTable([
    ["delivery", style("bold", delivery.name)],
    ...standing(delivery, style),
    ["event", foreign(delivery.type)],
    ["to", placeFor(delivery.endpoint)],
    ...(delivery.error ? [errorFact(delivery.error)] : []),
  ]);
}

/** Transfers as a table. */
export function transferTable(transfers: readonly TransferSummary[]): string {
  const style = styleFor(process.stdout);
  const head = ["NAME", "STATUS", "STARTED (UTC)", "TOOK"].map((word) => style("dim", word));
  return alignedTable([head, ...transfers.map((transfer) => [transfer.name, ...columns(transfer, style)])]);
}

/** Deliveries as a table, with why those failed that did. */
export function deliveryTable(deliveries: readonly Delivery[]): string {
  const style = styleFor(process.stdout);
  const head = ["NAME", "STATUS", "STARTED (UTC)", "TOOK", "EVENT", "TO", "ERROR"].map((word) => style("dim", word));
  const row = (delivery: Delivery) => [
    delivery.name,
    ...columns(delivery, style),
    foreign(delivery.type),
    placeFor(delivery.endpoint),
    delivery.error?.name ?? "",
  ];
  return alignedTable([head, ...deliveries.map(row)]);
}

type Standing = Pick<Transfer, "status" | "startedAt" | "stoppedAt">;

function standing(thing: Standing, style: Style): [string, string][] {
  const [status, startedAt, took] = columns(thing, style);
  return [
    ["status", status],
    ["started", startedAt],
    [thing.stoppedAt === null ? "for" : "took", took],
  ];
}

function columns({ status, startedAt, stoppedAt }: Standing, style: Style): [string, string, string] {
  const end = stoppedAt === null ? Date.now() : Date.parse(stoppedAt);
  // The clock that gave the start is another one.
  const took = formatTook(Math.max(0, end - Date.parse(startedAt)));
  return [style(colours[status] ?? "bold", status), formatTime(startedAt), took];
}

const colours: Readonly<Record<TransferStatus, Parameters<Style>[0]>> = {
  RUNNING: "cyan",
  SUCCEEDED: "green",
  FAILED: "red",
  TIMED_OUT: "red",
  ABORTED: "yellow",
};

function errorFact({ name, message }: { readonly name: string; readonly message: string }): [string, string] {
  return ["error", message ? `${name}: ${message}` : name];
}

function outputFacts({ id, verdict, polls, manifest, outputs, outputsOmitted, deleted }: TransferOutput) {
  const bytes = outputs.reduce((sum, receipt) => sum + receipt.bytes, 0);
  const size = outputsOmitted === undefined ? `${outputs.length}, ${formatBytes(bytes)}` : String(outputsOmitted);
  const facts: [string, string][] = [["project", `${id}: ${verdict}, ${polls} ${polls === 1 ? "poll" : "polls"}`]];
  if (manifest) facts.push(["outputs", size], ["manifest", `s3://${manifest.bucket}/${manifest.key}`]);
  return [...facts, ["deleted", deleted] as [string, string]];
}

/** Text of an input that anybody may have given, without what a terminal would obey. */
function foreign(text: string | null): string {
  return text === null ? "no delivery" : redact(text);
}

function placeFor(endpoint: string | null): string {
  if (endpoint === null) return "";
  return isEventBus(endpoint) ? endpoint.slice(endpoint.lastIndexOf(":") + 1) : placeOf(endpoint);
}
