/** Makes `dist/`, which the package is made of: modules with their types, and the functions as Lambda runs them. */
import { spawnSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundleFunctions } from "./bundle-functions.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = `${root}dist`;

rmSync(dist, { recursive: true, force: true });
const { status } = spawnSync("tsc", ["--project", "bin/build"], { cwd: root, stdio: "inherit" });
if (status !== 0) process.exit(1);
// npm makes it executable where it installs the package; whoever runs it from here needs it before.
chmodSync(`${dist}/bin/audio-transfer.js`, 0o755);
await bundleFunctions(`${dist}/functions`);
