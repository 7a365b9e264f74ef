/** Receivers that ask for fewer requests. */
import { expect, test } from "vitest";
import type { AttemptAnswer, ReceiverScript } from "../support/misbehaving-receiver.ts";
import { type NotifiedProject, startNotifiedProject } from "../support/notified-project.ts";

/** An answer with a Retry-After. */
const later = (status: number, retryAfter: string): AttemptAnswer => ({
  status,
  headers: { "retry-after": retryAfter },
});

/**
 * Runs one transfer whose stack has an endpoint for each of these answers, given to the first attempt. Without jitter the
 * second attempt would follow after 5 s.
 * @returns seconds of the first wait, by answer
 */
async function firstWaits(answers: Readonly<Record<string, AttemptAnswer>>): Promise<Record<string, number>> {
  const names = Object.keys(answers);
  const script: ReceiverScript = ({ path, nth }) => (nth === 1 && answers[names[Number(path.slice(1))] ?? ""]) || 204;
  const paths = names.map((_, index) => `/${index}`);
  await using project = await startNotifiedProject({ script, paths, random: () => 0 });
  await project.transfer();
  return Object.fromEntries(await Promise.all((await project.deliveries()).map(firstWait)));

  function firstWait({ input, status, waits }: Awaited<ReturnType<NotifiedProject["deliveries"]>>[number]) {
    expect([status, waits.length]).toEqual(["SUCCEEDED", 1]);
    return [names[Number(new URL(input.endpoint).pathname.slice(1))] ?? "", waits[0] ?? 0] as const;
  }
}

test("429, 502 and 504 without a Retry-After wait at least 60 s", async () => {
  expect(await firstWaits({ "429": 429, "502": 502, "504": 504, "503": 503, "500": 500 })).toEqual({
    "429": 60,
    "502": 60,
    "504": 60,
    "503": 5,
    "500": 5,
  });
});

test("a Retry-After in seconds is honoured, never below the schedule and never above a day", async () => {
  const answers = {
    "429, two minutes": later(429, "120"),
    "503, two minutes": later(503, "120"),
    "500, two minutes": later(500, "120"),
    "503, sooner than the schedule": later(503, "1"),
    "429, sooner than a minute": later(429, "7"),
    "503, zero": later(503, "0"),
    "503, a day": later(503, "86400"),
    "503, a day and a second": later(503, "86401"),
    "429, more than any number holds": later(429, "9".repeat(400)),
  };
  expect(await firstWaits(answers)).toEqual({
    "429, two minutes": 120,
    "503, two minutes": 120,
    "500, two minutes": 120,
    "503, sooner than the schedule": 5,
    "429, sooner than a minute": 60,
    "503, zero": 5,
    "503, a day": 86_400,
    "503, a day and a second": 86_400,
    "429, more than any number holds": 86_400,
  });
});

test("garbage is as good as nothing, and so is a date that is past", async () => {
  const garbage = ["soon", "-5", "1e9", "0x78", "12.5", "120 s", "120, 240", "wait until 2099 GMT", "2099-01-01", ""];
  const dates = ["Thu, 01 Jan 1970 00:00:00 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"];
  const headers = [...garbage, ...dates];
  const answersWith = (status: number) =>
    Object.fromEntries(headers.map((text) => [`${status} ${text}`, later(status, text)]));
  expect(await firstWaits({ ...answersWith(503), ...answersWith(429) })).toEqual({
    ...Object.fromEntries(headers.map((text) => [`503 ${text}`, 5])),
    ...Object.fromEntries(headers.map((text) => [`429 ${text}`, 60])),
  });
});

test.each([429, 503])("a date is honoured by the clock of the attempt (%i), to a day at most", async (status) => {
  const given: string[] = [];
  const script: ReceiverScript = ({ path, nth }) => {
    if (nth > 1) return 204;
    const ahead = path === "/hour" ? 3_600_000 : 10 * 365 * 86_400_000;
    const date = new Date(project.harness.now() + ahead).toUTCString();
    if (path === "/hour") given.push(date);
    return later(status, date);
  };
  await using project: NotifiedProject = await startNotifiedProject({ script, paths: ["/hour", "/decade"] });
  await project.transfer();
  const [hour, decade] = (await project.deliveries()).toSorted((a, b) =>
    a.input.endpoint < b.input.endpoint ? 1 : -1,
  );
  const [first] = hour?.attempts ?? [];
  const seconds = Math.ceil((Date.parse(given[0] ?? "") - Date.parse(first?.at ?? "")) / 1_000);
  expect(hour?.waits).toEqual([seconds]);
  expect(decade?.waits).toEqual([86_400]);
});

test("later attempts too: whichever is longer, the schedule or what was asked for", async () => {
  const script: ReceiverScript = ({ nth }) =>
    [later(429, "10"), later(429, "10"), later(429, "4000"), 502, later(503, "7201")][nth - 1] ?? 204;
  await using project = await startNotifiedProject({ script, random: () => 0 });
  await project.transfer();
  const deliveries = await project.deliveries();
  expect(deliveries).toMatchObject([{ status: "SUCCEEDED", waits: [60, 300, 4_000, 7_200, 18_000] }]);
});
