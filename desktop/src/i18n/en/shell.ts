import type { Words } from "../words.ts";
import type { shell as fr } from "../fr/shell.ts";

export const shell: Words<typeof fr> = {
};
