import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { configFromContext } from "../../lib/cloud/context-config.ts";
import { OnManifestStack } from "./stack.ts";

const app = new App();
const { bucketName } = configFromContext(app.node);
if (bucketName === undefined) {
  throw new Error("bucketName: is missing; add -c bucketName=<BucketName>, an output of the transfer's deployment");
}
new OnManifestStack(app, "MagicHourOnManifest", { bucketName });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
