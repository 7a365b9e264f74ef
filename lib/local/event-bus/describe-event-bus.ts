/**
 * DescribeEventBus: members in, members out, as the API reference has them, without policy and dates.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEventBus.html
 */
import * as v from "valibot";
import { AwsFault } from "../aws-json/aws-faults.ts";
import { readMembers, text } from "../aws-json/wire-members.ts";
import { type EventBuses, eventBusArn } from "./event-buses.ts";

/** No such event bus. */
class ResourceNotFoundException extends AwsFault {
  override readonly name = "ResourceNotFoundException";
}

/** A name or an ARN has 1,600 characters at most (API reference); without one the default bus is meant. */
const request = v.object({ Name: v.nullish(text(1_600), "default") });

/** Describes a bus. @throws {ResourceNotFoundException | SerializationException | ValidationException} */
export function describeEventBus(buses: EventBuses, body: unknown): { readonly Name: string; readonly Arn: string } {
  const { Name: nameOrArn } = readMembers(request, body);
  const name = buses.find(nameOrArn);
  if (name === undefined) throw new ResourceNotFoundException(`Event bus ${nameOrArn} does not exist.`);
  return { Name: name, Arn: eventBusArn(name) };
}
