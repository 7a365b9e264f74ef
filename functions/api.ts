import { answered } from "./adapters/answered.ts";
import { createLog } from "./adapters/log.ts";
import { createProjectOperations } from "./adapters/project-operations.ts";
import { createTransferOperations } from "./adapters/transfer-operations.ts";
import { createWorkflows } from "./adapters/workflows.ts";
import { composeStore } from "./compose-store.ts";
import { composeVendor } from "./compose-vendor.ts";
import { type ApiRoute, environmentNames } from "./contract.ts";
import type { ApiAnswer } from "./domain/api-answer.ts";
import { deletionAnswer, projectAnswer } from "./domain/api-project.ts";
import { readDeletion, readProjectId, readStart, readTransferName } from "./domain/api-request.ts";
import { startAnswer, transferAnswer } from "./domain/api-transfer.ts";
import { type Environment, endpointPolicy, requireVariable } from "./environment.ts";
import { type FunctionContext, lambdaHost, onFirstCall } from "./host.ts";
import type { HttpEvent, HttpFunction } from "./http-event.ts";

/** The HTTP API: each route reads its request, makes one call and answers. What fails is answered too, by its name. */
export function createApi(environment: Environment, host = lambdaHost): HttpFunction {
  const log = createLog(host.sink);
  const stateMachineArn = requireVariable(environment, environmentNames.transferStateMachine);
  const common = { policy: endpointPolicy(environment), now: host.now, log };
  const transfers = createTransferOperations({ ...common, workflows: createWorkflows(environment), stateMachineArn });
  const ports = { ...composeVendor(environment, host), store: composeStore(environment), transfers };
  const projects = createProjectOperations({ ...common, ...ports });
  const routes: Record<ApiRoute, (event: HttpEvent, context: FunctionContext) => Promise<ApiAnswer>> = {
    "POST /transfers": async (event) => startAnswer(await transfers.start(readStart(event))),
    "GET /transfers/{name}": async (event) => transferAnswer(await transfers.look(readTransferName(event))),
    "DELETE /transfers/{name}": async (event) => transferAnswer(await transfers.stop(readTransferName(event))),
    "GET /audio-projects/{id}": async (event) => projectAnswer(await projects.look(readProjectId(event))),
    "DELETE /audio-projects/{id}": async (event, context) =>
      deletionAnswer(await projects.delete(readDeletion(event), context.getRemainingTimeInMillis())),
  };
  return (event, context) =>
    answered(log, event.routeKey, async () => routes[event.routeKey as ApiRoute](event, context));
}

/** Lambda's entry. */
export const handler = onFirstCall(createApi);
