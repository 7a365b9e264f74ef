import { StoreUnavailable, TransferFailed } from "../../functions/domain/errors.ts";

/** The system's code of an error, such as ENOENT; undefined when it is none of the system's. */
export function fileCodeOf(error: unknown): string | undefined {
  // Node's own errors, such as ERR_INVALID_ARG_TYPE, are mistakes of a program and have no `errno`.
  if (!(error instanceof Error && "errno" in error && "code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Whether nothing stands there, or what would hold it is no directory. */
export function isNoFile(error: unknown): boolean {
  const code = fileCodeOf(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** Codes that another attempt may cure: a device or a network file system that failed, or too much that is open. */
const passingCodes = new Set(["EIO", "EAGAIN", "EBUSY", "EINTR", "EMFILE", "ENFILE", "ENOMEM", "ESTALE", "ETIMEDOUT"]);

/** What codes mean to a person, where the code alone does not say what to do. */
const advice: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file system takes no file of this size",
  EISDIR: "a directory is in the way",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the path is too long",
  ENOSPC: "the disk is full",
  ENOTDIR: "a file is in the way of the directory",
  EROFS: "the file system is read-only",
};

/**
 * What an error of the file system means to a copy: what a device does wrong may pass, anything else is a refusal.
 * @param what the call and the path, for the message
 */
export function fileFault(error: unknown, what: string): StoreUnavailable | TransferFailed {
  const code = fileCodeOf(error) ?? (error instanceof Error ? error.name : "unknown fault");
  const message = `${what}: ${advice[code] ? `${advice[code]} (${code})` : code}`;
  return passingCodes.has(code) ? new StoreUnavailable(message) : new TransferFailed(message);
}
