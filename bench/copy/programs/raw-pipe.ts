/**
 * The floor: the body of one GET piped into one PUT, nothing hashed, nothing signed, nothing verified:
 * `node raw-pipe.cjs <source URL> <object URL> <bytes>`.
 */
import { request } from "undici";

const [, , source = "", target = "", bytes = ""] = process.argv;

async function copy(): Promise<void> {
  const { body } = await request(source);
  const answer = await request(target, { method: "PUT", headers: { "content-length": bytes }, body });
  if (answer.statusCode !== 200) throw new Error(`PUT answered ${answer.statusCode}`);
  await answer.body.dump();
}

copy().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error}\n`);
    process.exit(1);
  },
);
