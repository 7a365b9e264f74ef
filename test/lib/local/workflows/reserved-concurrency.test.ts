import { expect, test } from "vitest";
import { invocableFunction, invokeLambda } from "../../../../lib/local/workflows/lambda-invocation.ts";
import { reservingConcurrency } from "../../../../lib/local/workflows/reserved-concurrency.ts";

test("what is called beyond it is throttled at once, in Lambda's words, and a call that is over makes room", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  let outcome: Promise<string> = promise;
  const handler = reservingConcurrency(() => outcome, { most: 2 });
  const target = invocableFunction("arn:aws:lambda:us-east-1:000000000000:function:check-status", handler, 30);
  const running = [invokeLambda(target, {}), invokeLambda(target, {})];
  await expect(invokeLambda(target, {})).rejects.toMatchObject({
    name: "Lambda.TooManyRequestsException",
    message: "Rate Exceeded.",
    isRetryable: true,
  });
  resolve("done");
  expect(await Promise.all(running)).toEqual(["done", "done"]);
  outcome = Promise.reject(new Error("failed"));
  await expect(invokeLambda(target, {})).rejects.toThrow("failed");
  outcome = Promise.resolve("again");
  expect(await Promise.all([invokeLambda(target, {}), invokeLambda(target, {})])).toEqual(["again", "again"]);
});

test("with patience, what is called beyond it waits in line, first come first served, and is throttled when that ends", async () => {
  const order: unknown[] = [];
  const gates = new Map<unknown, () => void>();
  const handler = reservingConcurrency(
    async (event) => {
      order.push(event);
      await new Promise<void>((resolve) => gates.set(event, resolve));
      return event;
    },
    { most: 1, patienceSeconds: 0.2 },
  );
  const target = invocableFunction("copy", handler, 30);
  const [first, second, third] = ["first", "second", "third"].map((event) => invokeLambda(target, event));
  const thrown = expect(third).rejects.toMatchObject({ name: "Lambda.TooManyRequestsException" });
  await expect.poll(() => gates.has("first")).toBe(true);
  gates.get("first")?.();
  expect(await first).toBe("first");
  await expect.poll(() => order).toEqual(["first", "second"]);
  await thrown;
  gates.get("second")?.();
  expect(await second).toBe("second");
  const fourth = invokeLambda(target, "fourth");
  await expect.poll(() => gates.has("fourth")).toBe(true);
  gates.get("fourth")?.();
  expect(await fourth).toBe("fourth");
});
