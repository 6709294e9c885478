import type { Words } from "../words.ts";
import type { desk as fr } from "../fr/desk.ts";

export const desk: Words<typeof fr> = {
};
