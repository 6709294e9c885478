/**
 * Work that takes turns: each piece begins when the one before it has ended, well or badly, so that it may check what that one left.
 * A failure is told to whoever asked for that piece, and to nobody else.
 */
export function takesTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = (): ReturnType<typeof work> => work(); // not told what the last one gave
    const mine = last.then(next, next);
    last = mine;
    return mine;
  };
}
