import type { Answer } from "./answer.ts";
import type { ObjectFiles } from "./object-files.ts";
import type { OpenUploads } from "./open-uploads.ts";
import type { S3Request } from "./s3-request.ts";

/** What every operation works on. */
export interface StoreState {
  readonly objects: ObjectFiles;
  readonly uploads: OpenUploads;
}

/** One S3 operation: carries a request out, and throws S3Error to refuse it. */
export type Operation = (request: S3Request, state: StoreState) => Promise<Answer>;
