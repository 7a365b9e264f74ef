/**
 * What the vendor's own SDK (npm `magic-hour` 0.43.1) does where this client differs, besides the defects of
 * sdk-defects.test.ts. docs/from-the-sdk.md names these tests: one that fails with a later version changes that page, too.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { CopyInterrupted, InvalidInput, ProjectGone } from "../../lib/client/index.ts";
import { atOnce } from "../lib/local/simulator/running-simulator.ts";
import { htmlPage, stallBeforeHeaders } from "../support/behaviour.ts";
import { audioBytes } from "../support/origin-project.ts";
import { everyAnswer, firstAnswers, refusal } from "../support/vendor-answers.ts";
import { runOriginClient } from "./origin-client.ts";
import { rejectionOf, runClient } from "./running-client.ts";
import { vendorProjects } from "./vendor-sdk.ts";

const body = audioBytes(100_000);

describe("a poll that is answered with 503", () => {
  it("ends the SDK's wait", async () => {
    const { simulator, directory } = await runClient({
      simulator: { plan: atOnce, onRequest: firstAnswers("GET", [refusal(503)]) },
    });
    const id = simulator.createProject();
    const error = await rejectionOf(vendorProjects(simulator).checkResult({ id }, { downloadDirectory: directory }));
    expect(error.message).toContain("503 was returned");
    expect(await readdir(directory)).toEqual([]);
  });
});

describe("a project that did not complete", () => {
  it.each(["error", "canceled"] as const)("is a result like any other to the SDK: %s", async (endIn) => {
    const { simulator, directory } = await runClient({ simulator: { plan: { ...atOnce, endIn } } });
    const id = simulator.createProject();
    const result = await vendorProjects(simulator).checkResult({ id }, { downloadDirectory: directory });
    expect(result.status).toBe(endIn);
    expect(result).not.toHaveProperty("downloadedPaths");
  });
});

describe("a project that is complete and shows no downloads yet", () => {
  const plan = { ...atOnce, withoutDownloads: 2 };

  it("is a success without a file to the SDK", async () => {
    const { simulator, directory } = await runClient({ simulator: { plan } });
    const id = simulator.createProject();
    const result = await vendorProjects(simulator).checkResult({ id }, { downloadDirectory: directory });
    expect(result).toMatchObject({ status: "complete", downloadedPaths: [] });
  });

  it("is polled on by ours until it shows them", async () => {
    const { simulator, check } = await runClient({ simulator: { plan } });
    const { downloadedPaths, polls } = await check({ id: simulator.createProject() });
    expect(downloadedPaths).toHaveLength(1);
    expect(polls).toBe(3);
  });
});

describe("a page of HTML in place of audio", () => {
  it("is saved as audio by the SDK", async () => {
    const { simulator, id, directory, file } = await runOriginClient({ body }, htmlPage());
    const result = await vendorProjects(simulator).checkResult({ id }, { downloadDirectory: directory });
    expect(result.downloadedPaths).toEqual([join(directory, "output.wav")]);
    expect(String(await file("output.wav"))).toContain("<!doctype html>");
  });

  it("is no success to ours, which keeps no file of it", async () => {
    const { check, id, files } = await runOriginClient({ body }, htmlPage());
    await expect(check({ id })).rejects.toBeInstanceOf(CopyInterrupted);
    expect(await files()).toEqual([]);
  });
});

describe("several outputs, the first of which does not come", () => {
  const names = ["a.wav", "b.wav"];
  const firstStalls = ({ path }: { readonly path: string }) =>
    path.includes("/a.wav") ? stallBeforeHeaders : undefined;

  it("hold up the others in the SDK: they are fetched one after another", async () => {
    // The origin lets go of the first only after it has looked whether the second is asked for.
    let isAlone: boolean | undefined;
    const { simulator, id, origin, directory } = await runOriginClient(
      { body },
      async ({ path }) => {
        if (!path.includes("/a.wav")) return undefined;
        await setTimeout(200);
        isAlone = origin.requests.length === 1;
        return undefined;
      },
      { names },
    );
    const result = await vendorProjects(simulator).checkResult({ id }, { downloadDirectory: directory });
    expect(result.downloadedPaths).toHaveLength(2);
    expect(isAlone).toBe(true);
  });

  it("hold up nothing in ours", async () => {
    const { projects, id, directory, files } = await runOriginClient({ body }, firstStalls, { names });
    const ending = new AbortController();
    const saving = rejectionOf(projects.checkResult({ id, downloadDirectory: directory, signal: ending.signal }));
    while (!(await files()).includes("1-b.wav")) await setTimeout(10);
    ending.abort(new Error("enough"));
    expect((await saving).message).toBe("enough");
  });
});

describe("without downloadDirectory", () => {
  it("the SDK writes to the working directory itself", async () => {
    const { simulator, directory } = await runClient({ simulator: { plan: atOnce } });
    vi.spyOn(process, "cwd").mockReturnValue(directory);
    try {
      const id = simulator.createProject();
      const { downloadedPaths } = await vendorProjects(simulator).checkResult({ id });
      expect(downloadedPaths).toEqual([join(directory, "output.wav")]);
    } finally {
      vi.restoreAllMocks();
    }
  });

  it("ours writes to audio-projects/<id> below it", async () => {
    const { simulator, projects, directory } = await runClient({ simulator: { plan: atOnce } });
    vi.spyOn(process, "cwd").mockReturnValue(directory);
    try {
      const id = simulator.createProject();
      const { downloadedPaths } = await projects.checkResult({ id });
      expect(downloadedPaths).toEqual([join(directory, "audio-projects", id, "0-output.wav")]);
    } finally {
      vi.restoreAllMocks();
    }
  });
});

describe("an aborted signal", () => {
  it("is not heard by the SDK", async () => {
    const { simulator, directory } = await runClient({ simulator: { plan: atOnce } });
    const options = { downloadDirectory: directory, signal: AbortSignal.abort() };
    const id = simulator.createProject();
    const { downloadedPaths } = await vendorProjects(simulator).checkResult({ id }, options);
    expect(downloadedPaths).toHaveLength(1);
  });
});

describe("get", () => {
  it("in the SDK rejects with an error of one kind for every answer", async () => {
    for (const status of [401, 404, 503]) {
      const { simulator } = await runClient({ simulator: { onRequest: everyAnswer("GET", refusal(status)) } });
      const error = await rejectionOf(Promise.resolve(vendorProjects(simulator).get({ id: "a" })));
      expect(error.constructor.name).toBe("ApiError");
      expect(error.name).toBe("Error");
      expect(error.message).toContain(`${status} was returned`);
    }
  });

  it("of an id with slashes in it goes to another path of the API in the SDK, with the key", async () => {
    const paths: string[] = [];
    const { simulator } = await runClient({
      simulator: {
        onRequest({ path, headers }) {
          paths.push(`${path} ${headers.authorization}`);
          return undefined;
        },
      },
    });
    await rejectionOf(Promise.resolve(vendorProjects(simulator).get({ id: "../video-projects/a" })));
    expect(paths).toEqual([`/v1/video-projects/a Bearer ${simulator.apiKey}`]);
  });

  it("of an id with slashes in it is refused by ours before anything is sent", async () => {
    const { simulator, projects } = await runClient();
    await expect(projects.get({ id: "../video-projects/a" })).rejects.toBeInstanceOf(InvalidInput);
    expect(simulator.traffic().requests).toBe(0);
  });
});

describe("delete", () => {
  it("in the SDK deletes what nobody has saved, and fails where it is gone already", async () => {
    const { simulator } = await runClient({ simulator: { plan: atOnce } });
    const id = simulator.createProject();
    const projects = vendorProjects(simulator);
    await projects.delete({ id });
    expect(simulator.project(id)).toMatchObject({ deleted: true, downloads: 0 });
    const error = await rejectionOf(Promise.resolve(projects.delete({ id })));
    expect(error.message).toContain("404 was returned");
  });

  it("in the SDK gives up at the first 503", async () => {
    const onRequest = firstAnswers("DELETE", [refusal(503)]);
    const { simulator } = await runClient({ simulator: { plan: atOnce, onRequest } });
    const id = simulator.createProject();
    const error = await rejectionOf(Promise.resolve(vendorProjects(simulator).delete({ id })));
    expect(error.message).toContain("503 was returned");
    expect(simulator.project(id)).toMatchObject({ deleted: false, deletes: 1 });
  });
});

describe("a project of an unknown id", () => {
  it("is one 404 to the SDK, which ends at the first poll", async () => {
    const { simulator, directory } = await runClient();
    const error = await rejectionOf(
      vendorProjects(simulator).checkResult({ id: "never" }, { downloadDirectory: directory }),
    );
    expect(error.message).toContain("404 was returned");
  });

  it("is ProjectGone to our get", async () => {
    const { projects } = await runClient();
    await expect(projects.get({ id: "never" })).rejects.toBeInstanceOf(ProjectGone);
  });
});
