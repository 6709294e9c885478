import type { Words } from "../words.ts";
import type { kit as fr } from "../fr/kit.ts";

export const kit: Words<typeof fr> = {
  "clear": "Clear",
  "notifications": "Notifications",
};
