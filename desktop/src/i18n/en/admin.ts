import type { Words } from "../words.ts";
import type { admin as fr } from "../fr/admin.ts";

export const admin: Words<typeof fr> = {
};
