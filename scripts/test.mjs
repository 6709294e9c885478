// npm test: everything that must hold, from a bare clone: install, the peers from Debian, lint, types, builds, tests.
// `npm test -- <words>` runs only the test files whose path contains one of the words, without the rest.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { buildScreens, environment, filesUnder, install, node24, noNode24, root, run, say } from "./tree.mjs";

const PEERS = { sipp: "sip-tester", baresip: "baresip", chromium: "chromium", "chromium-headless-shell": "chromium-headless-shell", linphonec: "linphone-cli", ip: "iproute2", iptables: "iptables", kamailio: "kamailio", dnsmasq: "dnsmasq-base" };

const words = process.argv.slice(2);
const results = [];
let failed = false;

async function step(name, work) {
  const from = Date.now();
  console.log(`\n── ${name}`);
  const ok = await work();
  results.push({ name, ok, seconds: (Date.now() - from) / 1000 });
  failed ||= !ok;
  return ok;
}

function end() {
  console.log("");
  for (const { name, ok, seconds } of results) console.log(`${ok ? "✔" : "✖"} ${name} (${seconds.toFixed(1)} s)`);
  process.exit(failed ? 1 : 0);
}

const onPath = (program) => (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));

async function peers() {
  const missing = Object.keys(PEERS).filter((program) => !onPath(program));
  if (missing.length === 0) return true;
  const packages = missing.map((program) => PEERS[program]);
  const line = `apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  if (process.getuid?.() === 0 && onPath("apt-get")) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const lists = existsSync("/var/lib/apt/lists") && readdirSync("/var/lib/apt/lists").some((name) => name.endsWith("_Packages") || name.endsWith("_Packages.lz4"));
    if (!lists) await run("apt-get", ["update", "-q"], { env });
    const args = line.split(" ").slice(1);
    if ((await run("apt-get", ["-q", ...args], { env })).code === 0) return true;
    await run("apt-get", ["update", "-q"], { env }); // the lists may be older than the archive
    if ((await run("apt-get", ["-q", ...args], { env })).code === 0) return true;
  }
  console.error(say(`Missing for the tests with real peers: ${missing.join(", ")}. Run:`, `Il manque, pour les essais avec de vrais pairs : ${missing.join(", ")}. Lancez :`));
  console.error(`  sudo ${line}`);
  return false;
}

/**
 * Steps beside each other: one that reads and one that computes share the cores. What each says is printed whole when it has ended; its
 * seconds are those beside the others.
 */
async function beside(steps) {
  console.log(`\n── ${steps.map(({ name }) => name).join(", ")}`);
  await Promise.all(steps.map(async ({ name, file, args }) => {
    const from = Date.now();
    const { code, output } = await run(file, args, { env: environment(), quiet: true });
    const ok = code === 0;
    if (output.trim() !== "") console.log(`${name}:\n${output.trim()}`);
    results.push({ name, ok, seconds: (Date.now() - from) / 1000 });
    failed ||= !ok;
  }));
}

/** Files that take longest begin first: the last one to run is then a short one. Seconds of a whole run, roughly; what is not named takes a few. */
const LONG = [
  "lab/e2e/flows.e2e", "lab/e2e/telephone.e2e", "server/src/app/exchange.peer", "server/src/app/callback.peer", "lab/e2e/phone-call.e2e", "server/src/app/deflection.peer", "lab/e2e/page-call.e2e", "lab/e2e/new-seat.e2e", "lab/e2e/start.e2e",
  "server/src/app/exchange-rooms.peer", "lab/e2e/flows-two.e2e", "server/src/app/speech.peer", "server/src/app/scale.peer",
  "desktop/floor-admin", "desktop/desk", "desktop/flow-", "desktop/service", "desktop/deflection", "desktop/telephone.", "desktop/telephony-admin", "widget/chat",
  "server/src/sim/days", "server/src/api/flows", "server/src/app/embedded-postgres", "server/src/app/cli/cli", "server/src/app/flood", "server/src/api/api", "server/src/api/prompts", "server/src/api/streams", "server/src/api/telephony", "server/src/flow/proof/proof-traps",
  "server/src/api/callbacks", "server/src/api/hours", "server/src/app/flow-restart", "server/src/db/jobs", "server/src/api/meetings", "server/src/app/account-ends", "server/src/app/border", "server/src/flow/proof/proof-random",
];
const place = (file) => {
  const at = LONG.findIndex((long) => relative(root, file).startsWith(long));
  return at < 0 ? LONG.length : at;
};

async function tests(node, files, concurrency) {
  const folder = mkdtempSync(join(tmpdir(), "tandem-counts-"));
  const counts = join(folder, "counts.json");
  const { code } = await run(
    node,
    [join(root, "scripts/test-runner.mjs"), String(concurrency), ...files.toSorted((a, b) => place(a) - place(b))],
    { env: { ...environment(), TANDEM_TEST_COUNTS: counts } },
  );
  const { passed = 0, failed: bad = 0, notRun = 0 } = existsSync(counts) ? JSON.parse(readFileSync(counts, "utf8")) : {};
  rmSync(folder, { recursive: true });
  console.log(`  ${passed} passed, ${bad} failed, ${notRun} skipped`);
  return code === 0 && bad === 0 && notRun === 0 && passed > 0;
}

/** A browser and a fixture server, nothing in real time: two at once (each has a folder, ports and a Chromium of its own). */
const showsScreens = (file) => /^(desktop|widget)\//.test(relative(root, file));
const needsPeers = (file) => /\.(peer|e2e)\.test\.ts$/.test(file);
const places = ["server", "protocol", "desktop", "widget", "lab", "tidy.test.ts", "docs-proofs.test.ts"].map((place) => join(root, place));
const files = filesUnder(places, (file) => file.endsWith(".test.ts") && (words.length === 0 || words.some((word) => relative(root, file).includes(word))));
const [withPeers, alone] = [files.filter(needsPeers), files.filter((file) => !needsPeers(file))];
const [screens, inRealTime] = [withPeers.filter(showsScreens), withPeers.filter((file) => !showsScreens(file))];
if (files.length === 0) {
  console.error(say(`no test file matches ${words.join(" ")}`, `aucun fichier d'essai ne correspond à ${words.join(" ")}`));
  process.exit(1);
}

if (!(await step("install", async () => (await install()) === 0))) end();
const node = node24();
if (!node) {
  console.error(noNode24());
  process.exit(1);
}
const bin = (name) => join(root, "node_modules/.bin", name);
const peersReady = withPeers.length === 0 || (await step("peers from Debian", peers));
if (words.length === 0) {
  await beside([
    { name: "lint", file: bin("oxlint"), args: ["--quiet", ...(existsSync(bin("tsgolint")) ? ["--type-aware"] : [])] },
    ...["server", "desktop", "widget", "lab"].filter((workspace) => existsSync(join(root, workspace, "tsconfig.json"))).map((workspace) => ({ name: `types: ${workspace}`, file: bin("tsc"), args: ["-p", workspace, "--noEmit"] })),
  ]);
}
if (words.length === 0 || withPeers.length > 0) {
  // Told to the tests of the screens (their test-screens.ts, test-shop.ts), which would build for themselves.
  if (await step("build desktop and widget", async () => (await buildScreens()).length === 0)) process.env.TANDEM_SCREENS_BUILT = "1";
}
if (alone.length > 0) await step(`tests (${alone.length} files)`, () => tests(node, alone, Math.max(2, availableParallelism()) + 1)); // one more: some wait for the clock
if (screens.length > 0 && peersReady) await step(`tests of the screens (${screens.length} files, two at once)`, () => tests(node, screens, 2));
if (inRealTime.length > 0 && peersReady) await step(`tests with real peers (${inRealTime.length} files, three at once)`, () => tests(node, inRealTime, 3));
end();
