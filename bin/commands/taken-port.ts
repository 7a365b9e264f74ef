/**
 * Says which option changes a port that is taken; any other error is returned as it is.
 * @param error why something could not be started
 * @param ports each option that gives a port, with the port that it gave
 */
export function namingTakenPort(error: unknown, ports: Readonly<Record<string, number>>): unknown {
  // What Node's `listen` fails with; source: https://nodejs.org/api/errors.html#class-systemerror
  const { code, port } = error instanceof Error ? (error as NodeJS.ErrnoException & { readonly port?: number }) : {};
  const options = Object.keys(ports).filter((option) => ports[option] === port);
  if (code !== "EADDRINUSE" || options.length === 0) return error;
  const choice = `choose another with ${options.join(" or ")}, 0 for any free one`;
  return new Error(`port ${port} is taken: ${choice}`, { cause: error });
}
