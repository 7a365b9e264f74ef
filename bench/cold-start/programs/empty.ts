/** The floor: a handler that does nothing. */
export const handler = async (event: unknown): Promise<unknown> => event;
