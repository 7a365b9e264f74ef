import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Copier, CopyJob } from "./copier.ts";
import { downloadPath } from "./origin-address.ts";
import { ourCopier } from "./our-copier.ts";
import type { PeerPrograms } from "./peer-programs.ts";
import { copierEnvironment, type Stage } from "./stage.ts";

/** Ours, the floor, and the peers that are installed, in this order. */
export function findCopiers(stage: Stage, { rclone, curl, aws }: PeerPrograms): readonly Copier[] {
  return [
    ourCopier(stage),
    rawPipe(stage),
    libStorage(stage),
    ...(rclone ? [rcloneCopyUrl(stage, rclone)] : []),
    ...(curl && aws ? [curlToAws(stage, curl, aws)] : []),
  ];
}

function sourceUrls({ origin }: Stage, { mode, bytes, outputs }: CopyJob): string[] {
  return Array.from({ length: outputs }, (_, index) => `${origin.url}${downloadPath({ mode, bytes, index })}`);
}

/** The only source of a job that has one. */
function sourceUrl(stage: Stage, job: CopyJob): string {
  const [url, ...others] = sourceUrls(stage, job);
  if (url !== undefined && others.length === 0) return url;
  throw new RangeError("this copier copies one output at a time");
}

/** Beginning of the keys of a job of the floor or a peer. */
const keyPrefix = ({ run }: CopyJob) => `run-${run}/`;

/** Key of a job's only object. */
const keyOf = (job: CopyJob) => `${keyPrefix(job)}0.wav`;

function rawPipe(stage: Stage): Copier {
  return {
    name: "raw pipe",
    keyPrefix,
    prepare(job) {
      const target = `${stage.sink.url}/${job.bucket}/${keyOf(job)}`;
      const program = [process.execPath, stage.bundles.rawPipe];
      return {
        commands: [[...program, sourceUrl(stage, job), target, String(job.bytes)]],
        environment: copierEnvironment(stage),
      };
    },
  };
}

function libStorage(stage: Stage): Copier {
  return {
    name: "lib-storage",
    keyPrefix,
    prepare(job) {
      const program = [process.execPath, stage.bundles.libStorage];
      return {
        commands: [[...program, job.bucket, keyPrefix(job), ...sourceUrls(stage, job)]],
        environment: copierEnvironment(stage),
      };
    },
  };
}

function rcloneCopyUrl(stage: Stage, rclone: string): Copier {
  return {
    name: "rclone",
    keyPrefix,
    prepare(job) {
      const options = ["--s3-no-check-bucket", "--s3-chunk-size", "8M", "--retries", "1"];
      const target = `sink:${job.bucket}/${keyOf(job)}`;
      return {
        commands: [[rclone, "copyurl", sourceUrl(stage, job), target, ...options]],
        environment: {
          ...copierEnvironment(stage),
          RCLONE_CONFIG_SINK_TYPE: "s3",
          RCLONE_CONFIG_SINK_PROVIDER: "Other",
          RCLONE_CONFIG_SINK_ENDPOINT: stage.sink.url,
          RCLONE_CONFIG_SINK_REGION: "us-east-1",
          RCLONE_CONFIG_SINK_ACCESS_KEY_ID: "bench",
          RCLONE_CONFIG_SINK_SECRET_ACCESS_KEY: "bench",
        },
      };
    },
  };
}

/**
 * The AWS CLI leaves the SHA-256 of a signed body out where TLS covers it; told so, it does over HTTP what it does by itself
 * over HTTPS (botocore 1.43, `S3SigV4Auth._should_sha256_sign_payload`). lib-storage hashes its bodies over both.
 */
const awsConfiguration = "[default]\ns3 =\n  payload_signing_enabled = false\n";

function curlToAws(stage: Stage, curl: string, aws: string): Copier {
  return {
    name: "curl | aws",
    keyPrefix,
    async prepare(job) {
      const configuration = join(stage.directory, "aws-configuration");
      await writeFile(configuration, awsConfiguration);
      const target = `s3://${job.bucket}/${keyOf(job)}`;
      const options = ["--expected-size", String(job.bytes), "--only-show-errors", "--endpoint-url", stage.sink.url];
      return {
        commands: [
          [curl, "-sS", "--fail", sourceUrl(stage, job)],
          [aws, "s3", "cp", "-", target, ...options],
        ],
        environment: { ...copierEnvironment(stage), AWS_CONFIG_FILE: configuration },
      };
    },
  };
}
