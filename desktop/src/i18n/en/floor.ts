import type { Words } from "../words.ts";
import type { floor as fr } from "../fr/floor.ts";

export const floor: Words<typeof fr> = {
};
