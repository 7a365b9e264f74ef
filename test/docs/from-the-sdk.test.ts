/** docs/from-the-sdk.md: the tests that it names are there, and its snippets do what it says, against the simulator. */
import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { type RunningClient, runClient } from "../client/running-client.ts";
import { atOnce } from "../lib/local/simulator/running-simulator.ts";
import { docs } from "./page.ts";
import { titlesIn } from "./test-titles.ts";

const page = await readFile(new URL("from-the-sdk.md", docs), "utf8");
const repository = new URL("../../", import.meta.url);
const exampleId = "cm8x2k1q90000l408h5vj3m2a";

/** The page's block with this mark, such as `ts after`. */
function block(mark: string): string {
  const [, code] = new RegExp(`^\`\`\`${mark}\n(.*?)\n\`\`\`$`, "ms").exec(page) ?? [];
  if (code === undefined) throw new Error(`no block is marked ${mark}`);
  return code;
}

/** Every test that the page's tables name: its file in test/client, and its title. */
const named = page
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .flatMap((line) => [...line.matchAll(/`([a-z-]+)`: (.*?)(?=<br>| \|$)/g)])
  .map(([, file = "", title = ""]) => [file, title.replace("&lt;", "<").replace("&gt;", ">")] as const);

describe("the tables", () => {
  it.each(Object.entries(Object.groupBy(named, ([file]) => file)))(
    "name tests of %s that are there",
    async (file, of) => {
      const titles = titlesIn(await readFile(new URL(`test/client/${file}.test.ts`, repository), "utf8"));
      for (const [, title] of of ?? []) expect(titles).toContain(title);
    },
  );

  it("have a test in every row", () => {
    const rows = page
      .split("\n")
      .filter((line) => line.startsWith("| ") && !/^\| (---|parameter |behaviour )/.test(line));
    expect(rows.length).toBeGreaterThan(30);
    for (const row of rows) expect(row).toMatch(/(`[a-z-]+`: .+|`npm run bench:client`) \|$/);
  });
});

describe("the snippets", () => {
  /** A client with a complete project of two outputs, and the environment of a program that is to reach it. */
  async function start() {
    const running = await runClient({ simulator: { plan: { ...atOnce, outputs: 2 } } });
    const { simulator, directory } = running;
    const environment = {
      PATH: `${directory}/bin:${process.env["PATH"]}`,
      MAGIC_HOUR_API_KEY: simulator.apiKey,
      MAGIC_HOUR_BASE_URL: simulator.url,
      GUARDED_HTTP_EXCEPTIONS: simulator.url,
    };
    return { ...running, id: simulator.createProject(), environment };
  }

  const run = async (
    program: readonly [string, ...string[]],
    { directory, environment }: Pick<Awaited<ReturnType<typeof start>>, "directory" | "environment">,
  ) => {
    const [command, ...args] = program;
    return (await promisify(execFile)(command, args, { cwd: directory, env: environment })).stdout;
  };

  /** Bundles a snippet, with this package and the SDK in the place of what it imports, and runs it. */
  async function runNode(code: string, running: Awaited<ReturnType<typeof start>>): Promise<string> {
    const [entry, program] = ["snippet.ts", "snippet.mjs"].map((name) => join(running.directory, name)) as [
      string,
      string,
    ];
    await writeFile(entry, code.replace(exampleId, running.id));
    await build({
      entryPoints: [entry],
      outfile: program,
      bundle: true,
      platform: "node",
      target: "node24",
      format: "esm",
      logLevel: "error",
      alias: {
        "magic-hour": fileURLToPath(new URL("node_modules/magic-hour/dist/index.js", repository)),
        "magic-hour-audio-transfer/client": fileURLToPath(new URL("lib/client/index.ts", repository)),
      },
      // The SDK is CommonJS and requires Node's own modules.
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    });
    return run([process.execPath, program], running);
  }

  /** Makes `audio-transfer` a command of this checkout. */
  async function installCommand({ directory }: RunningClient): Promise<void> {
    await mkdir(join(directory, "bin"));
    const command = join(directory, "bin/audio-transfer");
    const program = fileURLToPath(new URL("bin/audio-transfer.ts", repository));
    await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    await chmod(command, 0o755);
  }

  const saved = (directory: string) => readdir(join(directory, "outputs"));

  it("of Node before lose one of two outputs and delete the project", async () => {
    const running = await start();
    const { simulator, id, directory } = running;
    const code = block("ts before").replace("new Client({", `new Client({ baseUrl: ${JSON.stringify(simulator.url)},`);
    await runNode(code, running);
    expect(await saved(directory)).toEqual(["output.wav"]);
    expect(simulator.project(id).deleted).toBe(true);
  });

  it("of Node after save both and then delete it", async () => {
    const running = await start();
    const { simulator, id, directory } = running;
    const told = await runNode(block("ts after"), running);
    expect(await saved(directory)).toEqual(["0-output.wav", "1-output.wav", "manifest.json"]);
    expect(told).toContain("1-output.wav");
    expect(simulator.project(id).deleted).toBe(true);
  });

  it("of Python after print where the outputs are", async () => {
    const running = await start();
    await installCommand(running);
    const told = await run(["python3", "-c", block("python after").replace(exampleId, running.id)], running);
    expect(told).toContain(join(running.directory, "outputs/1-output.wav"));
    expect(await saved(running.directory)).toEqual(["0-output.wav", "1-output.wav", "manifest.json"]);
  });

  it("of the shell save and then delete", async () => {
    const running = await start();
    await installCommand(running);
    await run(["sh", "-euc", block("sh").replace(exampleId, running.id)], running);
    expect(await saved(running.directory)).toContain("manifest.json");
    expect(running.simulator.project(running.id).deleted).toBe(true);
  });
});
