/** The result as Markdown, to be pasted into docs/performance.md as it is. */
import { connectionMiBs } from "../copy/connection-pace.ts";
import { median } from "../copy/rounds.ts";
import { markdownTable } from "../shared/markdown-table.ts";
import type { Figures } from "./figures.ts";
import { queuedSeconds } from "./parts.ts";
import { type ClientName, type CopySample, clientNames, type PollSample } from "./sample.ts";
import { missedTargets, targets } from "./targets.ts";

/** What tables call the clients. */
const titles: Readonly<Record<ClientName, string>> = { ours: "ours", vendor: "magic-hour" };

/** All tables: one for each part, and the figures against their targets. */
export function formatTables(
  copies: readonly CopySample[],
  polls: readonly PollSample[],
  figures: Figures,
  seconds: number,
): string {
  const parts = [...Map.groupBy(copies, titleOf)].map(
    ([title, group]) => `### ${title} (${rounds(group)})\n\n${copyTable(group)}`,
  );
  const waits =
    polls.length === 0
      ? []
      : [`### A project of ${seconds} s (${rounds(polls, queuedSeconds.length)})\n\n${pollTable(polls)}`];
  return [...parts, ...waits, `### The client against its targets\n\n${figureTable(figures)}`].join("\n\n");
}

function titleOf({ mode, outputs, bytes }: CopySample): string {
  const mebibytes = bytes / 1_024 ** 2;
  const size = mebibytes % 1_024 === 0 ? `${mebibytes / 1_024} GiB` : `${mebibytes} MiB`;
  const work = outputs === 1 ? `One output of ${size}` : `${outputs} outputs of ${size}`;
  return mode === "throttled" ? `${work}, ${connectionMiBs} MiB/s a connection` : `${work}, from the loopback`;
}

function rounds(samples: readonly { readonly client: ClientName }[], share = 1): string {
  const count = samples.filter(({ client }) => client === "ours").length / share;
  return count === 1 ? "one round" : `medians of ${count} rounds`;
}

function copyTable(samples: readonly CopySample[]): string {
  const rows = clientNames.map((client) => {
    const own = samples.filter((sample) => sample.client === client);
    const walls = own.map(({ wallSeconds }) => wallSeconds);
    const middle = (field: "cpuSeconds" | "mostDelayMs" | "p99DelayMs") => median(own.map((sample) => sample[field]));
    return [
      titles[client],
      median(walls).toFixed(2),
      `${Math.min(...walls).toFixed(2)} to ${Math.max(...walls).toFixed(2)}`,
      middle("cpuSeconds").toFixed(2),
      Math.max(...own.map(({ peakMiB }) => peakMiB)).toFixed(0),
      middle("mostDelayMs").toFixed(0),
      middle("p99DelayMs").toFixed(1),
      own.every(({ problems }) => problems.length === 0) ? "yes" : "**no**",
    ];
  });
  const head = ["client", "wall s", "least to most", "CPU s", "peak MiB", "loop late, most ms", "p99 ms", "correct"];
  return markdownTable(head, rows);
}

function pollTable(samples: readonly PollSample[]): string {
  const rows = queuedSeconds.flatMap((queued) =>
    clientNames.map((client) => {
      const own = samples.filter((sample) => sample.client === client && sample.queuedSeconds === queued);
      const delays = own.map(({ delaySeconds }) => delaySeconds);
      return [
        `${titles[client]}, queued ${queued} s`,
        median(own.map(({ polls }) => polls)).toFixed(0),
        median(delays).toFixed(2),
        `${Math.min(...delays).toFixed(2)} to ${Math.max(...delays).toFixed(2)}`,
        Math.min(...own.map(({ shortestGapSeconds }) => shortestGapSeconds)).toFixed(2),
        median(own.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
        Math.max(...own.map(({ peakMiB }) => peakMiB)).toFixed(0),
      ];
    }),
  );
  return markdownTable(
    ["client", "polls", "seen after s", "least to most", "shortest gap s", "CPU s", "peak MiB"],
    rows,
  );
}

function figureTable(figures: Figures): string {
  const missed = missedTargets(figures);
  const rows = (Object.keys(figures) as (keyof Figures)[]).map((name) => {
    const [value, bound] = [figures[name], targets[name]];
    const verdict = bound === undefined || value === null ? "" : missed.includes(name) ? "**missed**" : "met";
    const target = bound === undefined ? "" : `at most ${Number(bound.toFixed(4))}`;
    return [`\`${name}\``, value === null ? "not measured" : String(value), target, verdict];
  });
  return markdownTable(["figure", "measured", "target", ""], rows);
}
