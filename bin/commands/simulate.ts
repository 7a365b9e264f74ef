import { Command } from "commander";
import { startMagicHourSimulator } from "../../lib/local/simulator/magic-hour-simulator.ts";
import { planOf, type SimulationOptions, simulationOptions, wholeNumber } from "./options.ts";
import { namingTakenPort } from "./taken-port.ts";
import { untilInterrupted } from "./until-interrupted.ts";

interface SimulateOptions extends SimulationOptions {
  readonly port: number;
  readonly apiKey?: string;
}

/** `audio-transfer simulate`: the Magic Hour simulator alone. */
export function simulateCommand(): Command {
  const command = new Command("simulate")
    .description("keep a Magic Hour simulator up: the vendor's API with real audio, no account needed")
    .option("--port <port>", "TCP port on 127.0.0.1, 0 for any free one", wholeNumber(0, 65_535), 8085)
    .option("--api-key <key>", "the key it accepts (default: a random one, which is printed)")
    .addHelpText("after", "\nExample:\n  audio-transfer simulate --port 8085 --end-in error")
    .action(simulate);
  for (const option of simulationOptions()) command.addOption(option);
  return command;
}

async function simulate({ port, apiKey, ...simulation }: SimulateOptions): Promise<void> {
  const plan = planOf(simulation);
  const key = apiKey === undefined ? {} : { apiKey };
  const simulator = await startMagicHourSimulator({ port, plan, ...key }).catch((error: unknown) => {
    throw namingTakenPort(error, { "--port": port });
  });
  process.stdout.write(`Magic Hour simulator at ${simulator.url}, Ctrl-C stops it\n\n${createAndGet(simulator)}\n`);
  await untilInterrupted();
  await simulator.close();
}

/** Commands that create and read a simulated project, to be pasted into a shell. */
export function createAndGet({ url, apiKey }: { readonly url: string; readonly apiKey: string }): string {
  return `export MAGIC_HOUR_BASE_URL=${url} MAGIC_HOUR_API_KEY=${apiKey}
id=$(curl -s $MAGIC_HOUR_BASE_URL/v1/ai-voice-generator -H "Authorization: Bearer $MAGIC_HOUR_API_KEY" \\
  -H 'Content-Type: application/json' -d '{"style":{"prompt":"Good morning","voice_name":"Morgan"}}' \\
  | sed 's/.*"id":"\\([^"]*\\)".*/\\1/')
curl -s $MAGIC_HOUR_BASE_URL/v1/audio-projects/$id -H "Authorization: Bearer $MAGIC_HOUR_API_KEY"; echo
`;
}
