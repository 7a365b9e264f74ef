import { expect, test } from "vitest";
import { atOnce, call, downloadUrl, runSimulator } from "./running-simulator.ts";

test("requests beyond the limit are refused, and those that were let in come back with time", async () => {
  const { simulator, clock } = await runSimulator({ rateLimit: { perSecond: 4, retryAfterSeconds: 2 } });
  const path = `/v1/audio-projects/${simulator.createProject(atOnce)}`;
  const ask = async () => (await call(simulator, path)).status;
  expect([await ask(), await ask(), await ask(), await ask()]).toEqual([200, 200, 200, 200]);
  const refused = await call(simulator, path);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "2"]);
  expect(await refused.json()).toEqual({ code: "too_many_requests", message: "Too Many Requests" });
  clock.pass(0.5);
  expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
  clock.pass(3_600);
  expect(await Promise.all([1, 2, 3, 4, 5].map(ask))).toEqual([200, 200, 200, 200, 429]);
  expect(simulator.traffic()).toEqual({ requests: 13, throttled: 3 });
});

test("without Retry-After, as documented; neither downloads nor requests without the key count", async () => {
  const { simulator } = await runSimulator({ rateLimit: { perSecond: 2 } });
  const id = simulator.createProject(atOnce);
  const path = `/v1/audio-projects/${id}`;
  const url = await downloadUrl(simulator, id);
  for (let nth = 0; nth < 5; nth += 1) expect((await fetch(url)).status).toBe(200);
  expect((await fetch(simulator.url + path)).status).toBe(401);
  expect((await call(simulator, path)).status).toBe(200);
  const refused = await call(simulator, path);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, null]);
});

test("without a limit everything is let in, and counted", async () => {
  const { simulator } = await runSimulator();
  for (let nth = 0; nth < 20; nth += 1) expect((await call(simulator, "/v1/audio-projects/x")).status).toBe(404);
  expect(simulator.traffic()).toEqual({ requests: 20, throttled: 0 });
});

test("a limit of nothing is refused", async () => {
  await expect(runSimulator({ rateLimit: { perSecond: 0 } })).rejects.toThrow("perSecond must be above 0, not 0");
});
