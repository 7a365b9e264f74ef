/** A request of the SDK that is built and not signed yet. */
export interface CommandRequest {
  /** `https:` or `http:`. */
  readonly protocol: string;
  /** Host name. */
  readonly hostname: string;
  /** Port, where it is not the protocol's own. */
  readonly port?: number | undefined;
  /** Path, encoded. */
  readonly path: string;
  /** Headers, which may be added to. */
  readonly headers: Record<string, string>;
}

/** The part of an SDK command that takes further steps of its request. */
interface Extensible {
  readonly middlewareStack: {
    add(
      middleware: <Args extends { readonly request: unknown }, Result>(
        next: (args: Args) => Promise<Result>,
      ) => (args: Args) => Promise<Result>,
      options: { readonly step: "build"; readonly name: string },
    ): void;
  };
}

/**
 * Lets a command's request be seen, and its headers be added to, before it is signed.
 * @param name what the step is called in the SDK's errors: one of its own for each purpose
 */
export function atRequest<Command extends object>(
  command: Command,
  name: string,
  see: (request: CommandRequest) => void,
): Command {
  const { middlewareStack } = command as Extensible;
  middlewareStack.add(
    (next) => (args) => {
      see(args.request as CommandRequest);
      return next(args);
    },
    { step: "build", name },
  );
  return command;
}
