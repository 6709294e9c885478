// For scripts/test.mjs: runs the files named after the first argument in the order given (`node --test` would sort them by name),
// so many at once as the first argument says.
import { run } from "node:test";
import { resolve } from "node:path";
import report from "./test-reporter.mjs";

const LONGEST_TEST_MS = 600_000;
const [atOnce, ...files] = process.argv.slice(2);

const events = run({ files: files.map((file) => resolve(file)), concurrency: Number(atOnce), timeout: LONGEST_TEST_MS, execArgv: [`--test-timeout=${LONGEST_TEST_MS}`] });
events.on("test:fail", () => (process.exitCode = 1)); // a file that does not even load has no counts
events.compose(report).pipe(process.stdout);
