/**
 * The operations of Step Functions that the embedded cloud has: members in, members out, as the API reference has them.
 * Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
 */
import type {
  DescribeExecutionOutput,
  DescribeStateMachineOutput,
  ExecutionListItem,
  HistoryEvent,
  StateMachineListItem,
} from "@aws-sdk/client-sfn";
import * as v from "valibot";
import { anyText, arn, oneOf, pageSize, readMembers, text } from "../aws-json/wire-members.ts";
import type { ExecutionDescription } from "./execution.ts";
import type { StateMachineDescription } from "./state-machine-registry.ts";
import type { Workflows } from "./workflows.ts";

/** Runs one operation on the members of its request. A Date in the result is a time-stamp. */
export type Operation = (workflows: Workflows, body: unknown) => object;

function operation<Schema extends v.GenericSchema>(
  schema: Schema,
  run: (workflows: Workflows, members: v.InferOutput<Schema>) => object,
): Operation {
  return (workflows, body) => run(workflows, readMembers(schema, body));
}

const STATUSES = ["SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"] as const;

const includedData = v.nullish(oneOf(["ALL_DATA", "METADATA_ONLY"]));

/** By the name behind `AWSStepFunctions.` in X-Amz-Target. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  StartExecution: operation(
    v.object({ stateMachineArn: arn, name: v.nullish(v.string()), input: v.nullish(v.string()) }),
    (workflows, { stateMachineArn, ...optional }) => workflows.start({ stateMachineArn, ...present(optional) }),
  ),

  DescribeExecution: operation(v.object({ executionArn: arn, includedData }), (workflows, members) =>
    describedExecution(workflows.describe(members.executionArn), members.includedData !== "METADATA_ONLY"),
  ),

  ListExecutions: operation(
    v.object({
      stateMachineArn: arn,
      statusFilter: v.nullish(oneOf(STATUSES)),
      maxResults: v.nullish(pageSize),
      nextToken: v.nullish(text(3096)),
    }),
    (workflows, { stateMachineArn, statusFilter, ...page }) => {
      // Nothing is ever redriven here, so none is about to be.
      if (statusFilter === "PENDING_REDRIVE") return { executions: [] };
      const filter = present({ statusFilter });
      const { items, ...rest } = workflows.list(stateMachineArn, { ...filter, ...present(page) });
      return { executions: items.map(listedExecution), ...rest };
    },
  ),

  StopExecution: operation(
    v.object({ executionArn: arn, error: v.nullish(anyText(256)), cause: v.nullish(anyText(32_768)) }),
    (workflows, { executionArn, ...failure }) => workflows.stop(executionArn, present(failure)),
  ),

  GetExecutionHistory: operation(
    v.object({
      executionArn: arn,
      reverseOrder: v.nullish(v.boolean()),
      includeExecutionData: v.nullish(v.boolean()),
      maxResults: v.nullish(pageSize),
      nextToken: v.nullish(text(1024)),
    }),
    (workflows, { executionArn, includeExecutionData, ...page }) => {
      const { items, ...rest } = workflows.history(executionArn, present(page));
      return { events: includeExecutionData === false ? items.map(withoutData) : items, ...rest };
    },
  ),

  DescribeStateMachine: operation(v.object({ stateMachineArn: arn, includedData }), (workflows, { stateMachineArn }) =>
    describedMachine(workflows.describeStateMachine(stateMachineArn)),
  ),

  ListStateMachines: operation(
    v.object({ maxResults: v.nullish(pageSize), nextToken: v.nullish(text(1024)) }),
    (workflows, page) => {
      const { items, ...rest } = workflows.listStateMachines(present(page));
      return { stateMachines: items.map(listedMachine), ...rest };
    },
  ),
};

function describedExecution(execution: ExecutionDescription, withData: boolean): DescribeExecutionOutput {
  const { input, output, ...described } = execution;
  const details = { included: withData };
  return {
    ...described,
    ...(withData ? { input } : {}),
    inputDetails: details,
    ...(output === undefined ? {} : { ...(withData ? { output } : {}), outputDetails: details }),
    redriveCount: 0,
    redriveStatus: "NOT_REDRIVABLE",
    redriveStatusReason: `Execution is ${execution.status} and cannot be redriven`,
  };
}

function listedExecution(execution: ExecutionDescription): ExecutionListItem {
  const { input: _, output: __, error: ___, cause: ____, ...listed } = execution;
  return { ...listed, redriveCount: 0 };
}

function describedMachine(machine: StateMachineDescription): DescribeStateMachineOutput {
  return {
    ...machine,
    status: "ACTIVE",
    type: "STANDARD",
    loggingConfiguration: { level: "OFF", includeExecutionData: false },
    tracingConfiguration: { enabled: false },
  };
}

function listedMachine({ stateMachineArn, name, creationDate }: StateMachineDescription): StateMachineListItem {
  return { stateMachineArn, name, creationDate, type: "STANDARD" };
}

const DATA = new Set(["input", "inputDetails", "output", "outputDetails"]);

/** An event without its inputs and outputs; errors and causes stay. */
function withoutData(event: HistoryEvent): object {
  const entries = Object.entries(event).map(([key, value]) => [key, key.endsWith("Details") ? kept(value) : value]);
  return Object.fromEntries(entries);
}

function kept(details: object): object {
  return Object.fromEntries(Object.entries(details).filter(([key]) => !DATA.has(key)));
}

/** What is neither undefined nor null: JSON may say either for a member that is not there. */
type Present<Members> = { [Key in keyof Members]?: NonNullable<Members[Key]> };

function present<Members extends object>(members: Members): Present<Members> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined && value !== null);
  // Only the absent members were taken out.
  return Object.fromEntries(entries) as Present<Members>;
}
