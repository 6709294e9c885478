import type { Words } from "../words.ts";
import type { phone as fr } from "../fr/phone.ts";

export const phone: Words<typeof fr> = {
};
