import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Version of this package: found by its name, because what is compiled stands one directory deeper than its source. */
export const { version: packageVersion } = require("magic-hour-audio-transfer/package.json") as {
  readonly version: string;
};
