/** The wire between Tandem's server and its browsers: schemas and types, pure, MIT-licensed so that any site may embed it. */
export * from "./words.ts";
export * from "./views.ts";
export * from "./stream.ts";
export * from "./commands.ts";
export * from "./widget.ts";
export * from "./case.ts";
export * from "./telephony.ts";
