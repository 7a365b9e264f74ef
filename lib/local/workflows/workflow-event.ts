/**
 * What happens in an execution, in order, as the runner tells it. GetExecutionHistory's events are made of these,
 * and the command line shows them.
 */

/** The types a state can have. */
export type StateType = "Task" | "Parallel" | "Map" | "Pass" | "Wait" | "Choice" | "Succeed" | "Fail";

/** Error and Cause as Step Functions names them; either may be missing. */
export interface Failure {
  readonly error?: string;
  readonly cause?: string;
}

/** How an execution ended. `output` is plain JSON. */
export type ExecutionEnd =
  | { readonly status: "SUCCEEDED"; readonly output: unknown }
  | ({ readonly status: "FAILED" | "ABORTED" | "TIMED_OUT" } & Failure);

/** Which state an event belongs to. */
export interface StatePlace {
  readonly state: string;
  readonly stateType: StateType;
  /** The Map or Parallel state directly around it, if any. */
  readonly container?: string;
  /** The thread it runs in: "" at the top level, else the container with the iteration or branch in brackets. */
  readonly thread: string;
}

/** An iteration of a Map state. */
export interface MapIteration extends StatePlace {
  /** From 0. */
  readonly index: number;
  /** The thread that the iteration's states run in. */
  readonly iterationThread: string;
}

/** What happened, without its time. Inputs and outputs are plain JSON. */
export type WorkflowHappening =
  | { readonly type: "ExecutionStarted"; readonly input: unknown }
  | { readonly type: "ExecutionEnded"; readonly end: ExecutionEnd }
  | (StatePlace & { readonly type: "StateEntered"; readonly input: unknown })
  | (StatePlace & { readonly type: "StateExited"; readonly input: unknown; readonly output: unknown })
  | (StatePlace & Failure & { readonly type: "StateFailed" })
  | (StatePlace & { readonly type: "StateRetried"; readonly attempt: number })
  | (StatePlace & {
      readonly type: "TaskScheduled";
      readonly resource: string;
      readonly input: unknown;
      readonly timeoutSeconds: number;
    })
  | (StatePlace & { readonly type: "TaskStarted" })
  | (StatePlace & { readonly type: "TaskSucceeded"; readonly output: unknown })
  | (StatePlace & Failure & { readonly type: "TaskFailed" })
  | (StatePlace & Failure & { readonly type: "TaskTimedOut" })
  | (MapIteration & { readonly type: "MapIterationStarted" | "MapIterationSucceeded" | "MapIterationFailed" });

/** What happened, and when. */
export type WorkflowEvent = WorkflowHappening & {
  /** Milliseconds since 1970, UTC. */
  readonly timestamp: number;
};
