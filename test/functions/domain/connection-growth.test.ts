import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ConnectionGrowth,
  type GrowthSample,
  grow,
  mostConnections,
  oneConnection,
} from "../../../functions/domain/connection-growth.ts";

const second = (bytes: number, isBusy = false): GrowthSample => ({ bytes, seconds: 1, isBusy });

/** The states that a link leads through, which gives so many bytes a second to so many connections. */
function statesOn(link: (connections: number) => number, samples = 20): ConnectionGrowth[] {
  const states = [oneConnection];
  for (let nth = 0; nth < samples; nth += 1) {
    const state = states.at(-1) ?? oneConnection;
    states.push(grow(state, second(link(state.wanted))));
  }
  return states;
}

const endOn = (link: (connections: number) => number) => statesOn(link).at(-1);

describe("on a link that", () => {
  it("limits each connection, connections double up to the most", () => {
    const states = statesOn((connections) => 25 * connections);
    expect(states.map(({ wanted }) => wanted).slice(0, 9)).toEqual([1, 1, 2, 2, 4, 4, 8, 8, 8]);
    expect(states.at(-1)).toEqual({ wanted: mostConnections, phase: "settled" });
  });

  it("is shared by all connections, it goes back to one", () => {
    expect(endOn(() => 25)).toEqual({ wanted: 1, phase: "settled" });
  });

  it("is full with three connections, it stays with the last growth that paid", () => {
    // Of 2 connections 50, of 4 connections 75: half as much again pays; 8 bring nothing more.
    expect(endOn((connections) => Math.min(75, 25 * connections))).toEqual({ wanted: 4, phase: "settled" });
  });

  it("gets worse with more connections, it goes back", () => {
    expect(endOn((connections) => 100 / connections)).toEqual({ wanted: 1, phase: "settled" });
  });

  it.each([
    [124, 1],
    [125, 8],
  ])("gives %d bytes to twice the connections where it gave 100, it ends with %d", (percent, wanted) => {
    expect(endOn((connections) => 1_000 * (percent / 100) ** Math.log2(connections))?.wanted).toBe(wanted);
  });
});

describe("a sample", () => {
  it("right after a growth does not count", () => {
    const grown: ConnectionGrowth = { wanted: 2, phase: "settling", before: 100 };
    expect(grow(grown, second(0))).toEqual({ ...grown, phase: "measuring" });
  });

  it("of a busy pipeline changes nothing, however long it is busy", () => {
    const measuring: ConnectionGrowth = { wanted: 2, phase: "measuring", before: 100 };
    for (const bytes of [0, 100, 1_000]) expect(grow(measuring, second(bytes, true))).toEqual(measuring);
    expect(grow(measuring, second(200)).wanted).toBe(4);
  });

  it("counts by its rate, not by its bytes", () => {
    const measuring: ConnectionGrowth = { wanted: 2, phase: "measuring", before: 100 };
    expect(grow(measuring, { bytes: 50, seconds: 0.25, isBusy: false })).toMatchObject({ wanted: 4, before: 200 });
    expect(grow(measuring, { bytes: 400, seconds: 4, isBusy: false }).wanted).toBe(1);
  });

  it("after the end changes nothing", () => {
    const settled: ConnectionGrowth = { wanted: 4, phase: "settled" };
    expect(grow(settled, second(1_000_000))).toEqual(settled);
  });
});

describe("whatever comes", () => {
  const samples = fc.array(
    fc.record({
      bytes: fc.oneof(fc.constant(0), fc.nat({ max: 1_000 }), fc.nat()),
      seconds: fc.double({ min: 0.001, max: 60, noNaN: true }),
      isBusy: fc.boolean(),
    }),
    { maxLength: 40 },
  );

  it("connections are a power of two from 1 to the most, at most double at once, and end settled or hold while busy", () => {
    fc.assert(
      fc.property(samples, (all) => {
        let state = oneConnection;
        for (const sample of all) {
          const next = grow(state, sample);
          expect([1, 2, 4, 8].filter((count) => count <= mostConnections)).toContain(next.wanted);
          expect([0.5, 1, 2]).toContain(next.wanted / state.wanted);
          if (next.wanted < state.wanted || state.phase === "settled") expect(next.phase).toBe("settled");
          if (sample.isBusy) expect(next.wanted).toBe(state.wanted);
          state = next;
        }
        // Each size takes two samples that count: one to settle, one to measure.
        const counting = all.filter(({ isBusy }) => !isBusy).length;
        if (counting >= 2 * (Math.log2(mostConnections) + 1)) expect(state.phase).toBe("settled");
      }),
      { numRuns: 500 },
    );
  });

  it("a link that stays as it is ends settled", () => {
    const gains = fc.array(fc.double({ min: 0.1, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(gains, (gain) => {
        const rate = (connections: number) =>
          gain.slice(0, Math.log2(connections)).reduce((product, factor) => product * factor, 1_000);
        const paid = [1, 2, 4].findIndex((count) => rate(2 * count) < rate(count) * 1.25);
        expect(endOn(rate)).toEqual({ wanted: paid < 0 ? mostConnections : 2 ** paid, phase: "settled" });
      }),
    );
  });
});
