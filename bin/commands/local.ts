import { Command } from "commander";
import { lambdaHost } from "../../functions/host.ts";
import { localBucket, localStateMachineArn, startEmbeddedCloud } from "../../lib/local/embedded-cloud.ts";
import { startMagicHourSimulator } from "../../lib/local/simulator/magic-hour-simulator.ts";
import { startStepFunctionsEndpoint } from "../../lib/local/workflows/step-functions-endpoint.ts";
import { planOf, type SimulationOptions, simulationOptions, wholeNumber } from "./options.ts";
import { createAndGet } from "./simulate.ts";
import { untilInterrupted } from "./until-interrupted.ts";

interface LocalOptions extends SimulationOptions {
  readonly stepFunctionsPort: number;
  readonly storePort: number;
  readonly simulatorPort: number;
  readonly store: string;
}

/** `audio-transfer local`: the embedded cloud stays up and speaks the AWS protocols. */
export function localCommand(): Command {
  const port = wholeNumber(0, 65_535);
  const command = new Command("local")
    .description("keep the embedded cloud up: Step Functions, S3 and the Magic Hour simulator on 127.0.0.1")
    .option("--step-functions-port <port>", "port of Step Functions, 0 for any free one", port, 8083)
    .option("--store-port <port>", "port of S3, 0 for any free one", port, 8084)
    .option("--simulator-port <port>", "port of the simulator, 0 for any free one", port, 8085)
    .option("--store <path>", "directory that stands for S3", ".local/s3")
    .addHelpText("after", "\nExample:\n  audio-transfer local --store /tmp/s3")
    .action(local);
  for (const option of simulationOptions()) command.addOption(option);
  return command;
}

async function local(options: LocalOptions): Promise<void> {
  const simulator = await startMagicHourSimulator({ port: options.simulatorPort, plan: planOf(options) });
  const cloud = await startEmbeddedCloud({
    directory: options.store,
    storePort: options.storePort,
    vendor: { baseUrl: simulator.url, apiKey: simulator.apiKey },
    guardExceptions: [simulator.url],
    host: { ...lambdaHost, sink: { info: logLine, warn: logLine } },
  });
  const { workflows, store } = cloud;
  const endpoint = await startStepFunctionsEndpoint({ workflows, port: options.stepFunctionsPort });
  process.stdout.write(`The embedded cloud is up, Ctrl-C stops it.
  Step Functions  ${endpoint.url}
  S3              ${store.url}   (files below ${store.directory}/${localBucket})
  Magic Hour      ${simulator.url}

Create a project:
${createAndGet(simulator)}
Transfer it with the AWS CLI or any SDK:
export AWS_ENDPOINT_URL_SFN=${endpoint.url} AWS_ENDPOINT_URL_S3=${store.url}
export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
aws stepfunctions start-execution --endpoint-url ${endpoint.url} --name "$id" \\
  --state-machine-arn ${localStateMachineArn} --input "{\\"id\\":\\"$id\\"}"
aws stepfunctions describe-execution --endpoint-url ${endpoint.url} \\
  --execution-arn ${localStateMachineArn.replace(":stateMachine:", ":execution:")}:$id
aws s3 ls --endpoint-url ${store.url} --recursive s3://${localBucket}/

`);
  await untilInterrupted();
  await endpoint.close();
  await cloud.close();
  await simulator.close();
}

/** The functions' log, a line of JSON each, on stderr. */
function logLine(line: object): void {
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
