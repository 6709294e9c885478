/** Our own mistake: ends the interaction it happened in, never the process. */
export class Bug extends Error {
  override name = "Bug";
}

export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new Bug(why);
}

/** For the default arm of a switch over a closed union. */
export function never(value: never, where: string): never {
  throw new Bug(`${where}: unexpected ${JSON.stringify(value)}`);
}
