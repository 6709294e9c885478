/** For `stat(path).catch(whenAbsent)` and the like: no such file is an answer, anything else is a failure. */
export function whenAbsent(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}
