import { expect, test } from "vitest";
import { composeVendor } from "../../functions/compose-vendor.ts";
import { environmentNames } from "../../functions/contract.ts";
import { lambdaHost } from "../../functions/host.ts";
import { startMagicHourSimulator } from "../../lib/local/simulator/magic-hour-simulator.ts";

test("a slash at the end of the base URL does not make every project look gone", async () => {
  const simulator = await startMagicHourSimulator();
  const { magicHour, http } = composeVendor(
    {
      [environmentNames.apiKey]: simulator.apiKey,
      [environmentNames.baseUrl]: `${simulator.url}/`,
      [environmentNames.guardExceptions]: simulator.url,
    },
    lambdaHost,
  );
  try {
    expect(await magicHour.getProject(simulator.createProject())).toMatchObject({ kind: "project" });
  } finally {
    await http.close();
    await simulator.close();
  }
});

test("without a key and without a secret it says which variable is missing", () => {
  expect(() => composeVendor({}, lambdaHost)).toThrow("environment variable MAGIC_HOUR_API_KEY_SECRET_ARN is not set");
});
