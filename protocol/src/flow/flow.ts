export * from "./words.ts";
export * from "./steps.ts";
export * from "./definition.ts";
