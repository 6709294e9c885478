// npm start: from a bare clone on Node 20 to a running centre in one command. Installs and builds what is missing or
// stale, then hands over to Node 24 (server/src/app/main.ts) with the flags, the signals and the exit code.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { buildScreens, environment, install, node24, noNode24, root, say } from "./tree.mjs";

const installed = await install();
if (installed !== 0) process.exit(installed);

const node = node24();
if (!node) {
  console.error(noNode24());
  process.exit(1);
}

const flags = process.argv.slice(2);
const onlyAsks = flags.includes("--help") || flags.includes("-h");
if (!onlyAsks && (await buildScreens()).length > 0) {
  console.error(say("Starting without what did not build.", "Démarrage sans ce qui ne s'est pas construit."));
}

// Young memory of 4 MB in the place of 16: 141 MB at rest in the place of 164 (npm run bench:start), and shorter pauses.
const child = spawn(node, ["--max-semi-space-size=4", join(root, "server/src/app/main.ts"), ...flags], { cwd: root, env: environment(), stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    // Ctrl-C reaches the child by the terminal itself; twice would mean "at once".
    if (signal === "SIGINT" && process.stdin.isTTY) return;
    child.kill(signal);
  });
}
child.once("error", (error) => {
  console.error(`${noNode24()} (${error.message})`);
  process.exit(1);
});
child.once("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
