/** Listens to process warnings while `run` goes on, and gives their texts. */
export async function warningsOf(run: () => Promise<unknown>): Promise<string[]> {
  const warnings: string[] = [];
  const listen = ({ message }: Error) => warnings.push(message);
  process.on("warning", listen);
  await run();
  await new Promise(setImmediate);
  process.off("warning", listen);
  return warnings;
}
