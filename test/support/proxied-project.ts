import { type NotifiedProject, type NotifiedProjectOptions, startNotifiedProject } from "./notified-project.ts";
import { type StartFaults, type StepFunctionsProxy, startStepFunctionsProxy } from "./step-functions-proxy.ts";

/** A project whose functions reach Step Functions through a proxy. */
export interface ProxiedProject extends NotifiedProject {
  readonly proxy: StepFunctionsProxy;
}

/** Starts a project whose functions reach Step Functions through a proxy that lets requests go wrong. */
export async function startBehindProxy(
  faults: StartFaults,
  options: NotifiedProjectOptions = {},
): Promise<ProxiedProject> {
  const proxy = await startStepFunctionsProxy(faults);
  const environment = { ...options.environment, AWS_ENDPOINT_URL_SFN: proxy.url };
  const project = await startNotifiedProject({ ...options, environment });
  proxy.forwardTo(project.harness.cloud.stepFunctions.url);
  return {
    ...project,
    proxy,
    async [Symbol.asyncDispose]() {
      await project[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}
