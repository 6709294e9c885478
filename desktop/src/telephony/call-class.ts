import type { CallClass } from "@tandem/protocol";

/** From the shortest reach to the longest. */
export const callClasses: readonly CallClass[] = ["internal", "national", "international"];
