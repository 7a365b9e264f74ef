import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { AudioTransferStack } from "../lib/cloud/audio-transfer-stack.ts";
import { configFromContext } from "../lib/cloud/context-config.ts";

const app = new App();
new AudioTransferStack(app, "MagicHourAudioTransfer", configFromContext(app.node));
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
