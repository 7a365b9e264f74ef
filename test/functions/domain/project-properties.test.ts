/** What holds of all answers of the vendor; single cases are in project.test.ts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TransferFailed, VendorUnavailable } from "../../../functions/domain/errors.ts";
import { parseProject, summarize } from "../../../functions/domain/project.ts";

/** Any JSON, and objects whose fields have the right names and either right or arbitrary values. */
const answers = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      id: fc.oneof({ arbitrary: fc.constant("cuid-example"), weight: 9 }, fc.jsonValue()),
      status: fc.oneof({ arbitrary: fc.constantFrom("complete", "queued"), weight: 9 }, fc.jsonValue()),
      enabled: fc.oneof(fc.boolean(), fc.jsonValue()),
      downloads: fc.oneof(fc.array(fc.record({ url: fc.oneof(fc.webUrl(), fc.jsonValue()) })), fc.jsonValue()),
      name: fc.jsonValue(),
      type: fc.jsonValue(),
      created_at: fc.oneof(fc.string(), fc.date({ noInvalidDate: true }).map(String), fc.jsonValue()),
      credits_charged: fc.jsonValue(),
      error: fc.oneof(fc.record({ code: fc.jsonValue(), message: fc.jsonValue() }), fc.jsonValue()),
    },
    { requiredKeys: ["id", "status"] },
  ),
);

describe("of all answers", () => {
  it("each is a project or refused with one of the two errors, in few words", () => {
    let parsed = 0;
    fc.assert(
      fc.property(answers, (json) => {
        try {
          const { id, createdAt } = parseProject(json, "cuid-example");
          parsed += 1;
          expect(id).toBe("cuid-example");
          expect(createdAt === null || new Date(createdAt).toISOString() === createdAt).toBe(true);
        } catch (error) {
          expect(error instanceof VendorUnavailable || error instanceof TransferFailed, String(error)).toBe(true);
          expect((error as Error).message.length).toBeLessThan(400);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(parsed).toBeGreaterThan(50);
  });

  it("the summary holds no download URL and no query of one, even when the error repeats it", () => {
    const url = fc.tuple(fc.webUrl(), fc.webQueryParameters()).map(([base, query]) => `${base}?${query}SECRET`);
    fc.assert(
      fc.property(fc.array(url, { minLength: 1 }), fc.string(), (urls, words) => {
        const downloads = urls.map((each) => ({ url: each, expires_at: "2026-08-22T10:00:00Z" }));
        const project = parseProject(
          { id: "a", status: "complete", downloads, error: { code: urls[0], message: `${words} ${urls.join(" ")}` } },
          "a",
        );
        const summary = JSON.stringify(summarize(project));
        expect(project.downloads).toHaveLength(urls.length);
        expect(summary).not.toContain("SECRET");
        for (const each of urls) expect(summary).not.toContain(each);
      }),
    );
  });
});
