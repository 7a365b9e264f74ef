import {
  DefaultTokenResolver,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
  Reference,
  Stack,
  Token,
  Tokenization,
} from "aws-cdk-lib";
import { CfnBucket, type IBucket } from "aws-cdk-lib/aws-s3";
import type { Construct, IConstruct } from "constructs";
import { AudioTransferBase } from "./transfer-base.ts";

/**
 * Checks that no other `AudioTransfer` of the app has this bucket. The prefixes of markers and cursors are the same in all,
 * so the cleanup of one would move past markers of the other that it started under its own configuration and workflow.
 * Buckets are told apart as far as that can be known before deployment: by name, by resource, by the same expression.
 * @param scope the transfer that is to have the bucket
 * @throws {Error} naming `bucket` and who has it
 */
export function checkSoleBucket(scope: Construct, bucket: IBucket): void {
  const identity = identityOf(scope, bucket);
  const owner = scope.node.root.node.findAll().find((other) => other !== scope && hasBucket(other, identity));
  if (!owner) return;
  throw new Error(
    `bucket: belongs to one AudioTransfer alone, because two would take up each other's markers below _cleanup/; ${owner.node.path} has it already`,
  );
}

function hasBucket(other: IConstruct, identity: string): boolean {
  if (!(other instanceof AudioTransferBase)) return false;
  // One that was refused while it was made has none.
  const bucket: IBucket | undefined = other.bucket;
  return bucket !== undefined && identityOf(other, bucket) === identity;
}

/** A text that is the same for the same bucket. Expressions count where they are evaluated: in an account and region. */
function identityOf(scope: IConstruct, { bucketName }: IBucket): string {
  const stack = Stack.of(scope);
  const resolver = new ByTarget();
  const found: unknown = Tokenization.resolve(bucketName, { scope, preparing: false, resolver });
  if (typeof found === "string") return found;
  const expression = JSON.stringify(found);
  // AWS::StackName and AWS::StackId are another thing in each stack.
  return `${expression.includes('"AWS::Stack') ? stack.node.addr : stack.environment} ${expression}`;
}

/** Resolves a reference to what it refers to, whichever stack it is used in; all else as CloudFormation has it. */
class ByTarget extends DefaultTokenResolver {
  constructor() {
    super({ join: (left, right) => joined(left, right) });
  }

  override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    if (!Reference.isReference(token)) return super.resolveToken(token, context, postProcessor);
    const { target, displayName } = token;
    const name = target instanceof CfnBucket && displayName === "Ref" ? target.bucketName : undefined;
    return name === undefined || Token.isUnresolved(name) ? `<${target.node.addr}.${displayName}>` : name;
  }
}

function joined(left: unknown, right: unknown): unknown {
  return typeof left === "string" && typeof right === "string" ? left + right : [left, right].flat();
}
