import { expect, test } from "vitest";
import { environmentNames } from "../../functions/contract.ts";
import { eventBusArn } from "../../lib/local/event-bus/event-buses.ts";
import { startNotifiedProject } from "../support/notified-project.ts";

test("an event bus that is not there: nothing is lost silently, the delivery fails by name after the whole schedule", async () => {
  const missing = eventBusArn("deleted");
  await using project = await startNotifiedProject({ environment: { [environmentNames.eventBus]: missing } });
  expect(await project.transfer()).toMatchObject({ status: "SUCCEEDED", output: { announced: true } });
  const toBus = (await project.harness.deliveries()).filter(({ input }) => input.endpoint === missing);
  expect(toBus).toMatchObject([
    {
      error: "DeliveryExhausted",
      cause: expect.stringContaining(`attempt 10 of 10: there is no event bus ${missing}`),
    },
  ]);
  expect(project.receiver.attempts).toHaveLength(1);
});
