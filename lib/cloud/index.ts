/**
 * Audio from Magic Hour to S3, as a construct for a CDK app. `new AudioTransfer(this, "AudioTransfer")` is enough:
 *
 * ```ts
 * import { AudioTransfer } from "magic-hour-audio-transfer";
 * ```
 *
 * Its parts are exported as types: it makes them, and they are there to be used.
 *
 * @module construct
 */

export { eventTypes, type TransferEventType } from "../../functions/domain/event.ts";
export { AudioTransfer } from "./audio-transfer.ts";
export type { Cleanup } from "./cleanup.ts";
export type { ApiFunctionName, ByFunction, LastingFunctionName } from "./function-names.ts";
export type { Notifier } from "./notifier.ts";
export type { AudioTransferProps, VendorWebhook, Webhook } from "./props.ts";
export type { TransferSettings } from "./settings.ts";
export type { TransferApi } from "./transfer-api.ts";
export type { AudioTransferBase } from "./transfer-base.ts";
export type { TransferFunction } from "./transfer-function.ts";
export { type AlarmId, alarmIds } from "./watching/alarm-definition.ts";
export type { TransferDashboard } from "./watching/transfer-dashboard.ts";
export type { Watching } from "./watching/watching.ts";
