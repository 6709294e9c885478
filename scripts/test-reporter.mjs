// For scripts/test.mjs: a line a file, then every failure whole. The counts go to TANDEM_TEST_COUNTS, because Node
// ends with 0 though tests were skipped, and a test that is skipped in silence proves nothing. Of a file that takes long,
// its three slowest tests: where to begin.
import { writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { inspect } from "node:util";

const LONG_FILE_MS = 20_000;

export default async function* report(events) {
  const root = process.cwd();
  const failures = [];
  const said = new Map();
  const tests = new Map();
  const total = { passed: 0, failed: 0, notRun: 0 };
  const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
  const short = (file) => (file ? relative(root, file) : "?");
  for await (const { type, data } of events) {
    // a suite's time is that of its tests, and the file itself is told as a test too
    if ((type === "test:pass" || type === "test:fail") && data.details?.type !== "suite" && data.file && resolve(data.name) !== data.file) {
      tests.set(data.file, [...(tests.get(data.file) ?? []), { name: data.name, ms: data.details?.duration_ms ?? 0 }]);
    }
    if (type === "test:stdout" || type === "test:stderr") {
      said.set(data.file, ((said.get(data.file) ?? "") + data.message).slice(-4_000));
    } else if (type === "test:fail") {
      const error = data.details?.error;
      // A parent fails because of its child: the child's own report is enough.
      if (error?.failureType !== "subtestsFailed") failures.push({ file: data.file, line: data.line, name: data.name, error: error?.cause ?? error });
    } else if (type === "test:pass" && (data.skip !== undefined || data.todo !== undefined)) {
      failures.push({ file: data.file, line: data.line, name: data.name, error: `skipped or to do: ${data.skip ?? data.todo}` });
    } else if (type === "test:summary" && data.file) {
      const { passed, failed, cancelled, skipped, todo } = data.counts;
      total.passed += passed;
      total.failed += failed + cancelled;
      total.notRun += skipped + todo;
      const bad = failed + cancelled + skipped + todo;
      yield `  ${bad ? "✖" : "✔"} ${short(data.file)} ${passed}${bad ? ` passed, ${bad} not` : ""} (${seconds(data.duration_ms)})\n`;
      if (data.duration_ms > LONG_FILE_MS) for (const { name, ms } of (tests.get(data.file) ?? []).sort((a, b) => b.ms - a.ms).slice(0, 3)) yield `      ${seconds(ms)} ${name}\n`;
    }
  }
  for (const { file, line, name, error } of failures) {
    yield `\n✖ ${short(file)}:${line ?? "?"} ${name}\n${(typeof error === "string" ? error : inspect(error, { depth: 6 })).replace(/^/gm, "    ")}\n`;
  }
  for (const file of new Set(failures.map((f) => f.file))) if (said.get(file)) yield `\n${short(file)} printed:\n${said.get(file).replace(/^/gm, "    ")}\n`;
  const counts = { ...total, bad: failures.length };
  if (process.env.TANDEM_TEST_COUNTS) writeFileSync(process.env.TANDEM_TEST_COUNTS, JSON.stringify(counts));
}
