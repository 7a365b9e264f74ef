import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startStepFunctionsEndpoint } from "../../../../lib/local/workflows/step-functions-endpoint.ts";
import { Workflows } from "../../../../lib/local/workflows/workflows.ts";
import { machine, task } from "./machines.ts";

const run = promisify(execFile);

async function isInstalled(): Promise<boolean> {
  return await run("aws", ["--version"]).then(
    () => true,
    () => false,
  );
}

test("the AWS CLI starts an execution, describes it and reads its history", async (context) => {
  if (!(await isInstalled())) context.skip("The AWS CLI is not installed: `aws --version` does not work.");
  const host = machine({ Echo: task("echo", { End: true }) }, { echo: async (event) => event });
  const workflows = new Workflows({ stateMachines: [host] });
  const endpoint = await startStepFunctionsEndpoint({ workflows });
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ENDPOINT_URL_SFN: endpoint.url,
  };
  const aws = async (...words: string[]) => {
    const { stdout } = await run("aws", ["stepfunctions", ...words, "--output", "json"], { env });
    return JSON.parse(stdout);
  };
  try {
    const { executionArn } = await aws("start-execution", "--state-machine-arn", host.arn, "--input", '{"a":1}');
    await workflows.completion(executionArn);
    const described = await aws("describe-execution", "--execution-arn", executionArn);
    expect(described).toMatchObject({ status: "SUCCEEDED", output: '{"a":1}' });
    const { events } = await aws("get-execution-history", "--execution-arn", executionArn, "--reverse-order");
    expect(events[0]).toMatchObject({ type: "ExecutionSucceeded", id: 7, previousEventId: 6 });
    const refused = aws("start-execution", "--state-machine-arn", host.arn, "--name", "a b");
    await expect(refused).rejects.toThrow("An error occurred (InvalidName) when calling the StartExecution operation");
  } finally {
    await endpoint.close();
  }
});
