/**
 * A poll as one would write it first: the SDK's client for the key, undici for the request, both imported at the top. It
 * decides by the same domain as ours, and checks no address, so that only what it is loaded from differs.
 */
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { request } from "undici";
import { environmentNames, type TransferState } from "../../../functions/contract.ts";
import { parseInput } from "../../../functions/domain/input.ts";
import { parseProject } from "../../../functions/domain/project.ts";
import { afterPoll } from "../../../functions/domain/transfer-output.ts";
import { decide, noPolls } from "../../../functions/domain/verdict.ts";

const secrets = new SecretsManagerClient({});

/** One poll of a project that is there. @throws {Error} when it is not, or anything else goes wrong */
export async function handler(state: TransferState): Promise<TransferState> {
  const transfer = parseInput(state.input);
  const command = new GetSecretValueCommand({ SecretId: process.env[environmentNames.apiKeySecret] });
  const { SecretString: key } = await secrets.send(command);
  const url = `${process.env[environmentNames.baseUrl]}/v1/audio-projects/${transfer.id}`;
  const { statusCode, body } = await request(url, { headers: { authorization: `Bearer ${key}` } });
  if (statusCode !== 200) throw new Error(`the vendor answered ${statusCode}`);
  const observation = { kind: "project", project: parseProject(await body.json(), transfer.id) } as const;
  const { startedAt } = state.execution;
  const [now, counts] = [Date.now(), state.check?.counts ?? noPolls];
  const moment = { now, startedAt: Date.parse(startedAt), random: Math.random(), shortestInterval: 3 };
  const decision = decide(observation, { transfer, counts, ...moment });
  const output = afterPoll(transfer, observation, decision, { startedAt, now, previous: state.output });
  const { failure: _failure, verdict: _verdict, ...check } = decision;
  return { ...state, transfer, check, output };
}
