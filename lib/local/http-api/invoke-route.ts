import type { HttpAnswer, HttpEvent } from "../../../functions/http-event.ts";
import type { HttpRoute } from "./http-route.ts";

/** How an invocation went: an answer, an error of the function, or none in time. */
export type Invocation =
  | { readonly kind: "answered"; readonly answer: HttpAnswer }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "late" };

/** Runs a route's function, with the time that Lambda would give it. A function that is late is left to itself. */
export async function invokeRoute({ run, timeoutSeconds }: HttpRoute, event: HttpEvent): Promise<Invocation> {
  const deadline = Date.now() + timeoutSeconds * 1_000;
  const context = { getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()) };
  const { promise: late, resolve } = Promise.withResolvers<Invocation>();
  const timer = setTimeout(() => resolve({ kind: "late" }), timeoutSeconds * 1_000).unref();
  const invoke = async (): Promise<Invocation> => ({ kind: "answered", answer: await run(event, context) });
  try {
    return await Promise.race([invoke(), late]);
  } catch (error) {
    return { kind: "failed", error };
  } finally {
    clearTimeout(timer);
  }
}
