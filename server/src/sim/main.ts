import { parseArgs } from "node:util";
import { runDay } from "./sim.ts";

/** `npm run sim -- --seed 42 [--agents 3] [--contacts 12] [--hours 1] [--print]`: replays one day. */
const { values } = parseArgs({
  options: { seed: { type: "string", default: "1" }, agents: { type: "string", default: "3" }, contacts: { type: "string", default: "12" }, hours: { type: "string", default: "0.5" }, print: { type: "boolean", default: false } },
});
const number = (name: "seed" | "agents" | "contacts" | "hours"): number => {
  const value = Number(values[name]);
  if (!Number.isFinite(value) || value < 0) {
    console.error(`--${name} must be a number, not "${values[name]}"`);
    process.exit(2);
  }
  return value;
};
const result = runDay({
  seed: number("seed"),
  agents: number("agents"),
  contacts: number("contacts"),
  openMs: number("hours") * 3_600_000,
  digest: true,
  ...(values.print
    ? {
        onWrite: (write) => {
          for (const fact of write.facts) console.log(new Date(fact.atMs).toISOString(), write.subjectId.padEnd(8), fact.type.padEnd(18), JSON.stringify(fact.body).slice(0, 160));
        },
      }
    : {}),
});
console.log(result);
process.exitCode = result.violations.length === 0 ? 0 : 1;
