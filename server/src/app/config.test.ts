import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { helpText, portTakenText, readConfig, type Config } from "./config.ts";
import { KEYS } from "./settings.ts";

const inFolder = <T>(file: string | undefined, work: (cwd: string) => T): T => {
  const cwd = mkdtempSync(join(tmpdir(), "tandem-config-"));
  try {
    if (file !== undefined) writeFileSync(join(cwd, "tandem.config.json"), file);
    return work(cwd);
  } finally {
    rmSync(cwd, { recursive: true });
  }
};
const good = (argv: string[] = [], env: Record<string, string> = {}, file?: string): Config =>
  inFolder(file, (cwd) => {
    const result = readConfig({ argv, env, cwd });
    assert.ok(result.ok, result.ok ? "" : result.text);
    return result.config;
  });
const bad = (argv: string[], env: Record<string, string> = {}, file?: string): string =>
  inFolder(file, (cwd) => {
    const result = readConfig({ argv, env, cwd });
    assert.ok(!result.ok && result.exitCode === 2, "must be refused");
    return result.text;
  });

test("presets: loopback only, demo on, folders absolute", () => {
  const config = inFolder(undefined, (cwd) => {
    const result = readConfig({ argv: [], env: {}, cwd });
    assert.ok(result.ok);
    assert.equal(result.config.dataDir, join(cwd, "data"));
    assert.equal(result.config.recordingDir, join(cwd, "data/recordings"));
    return result.config;
  });
  const { dataDir: _, recordingDir: __, ...rest } = config;
  assert.deepEqual(rest, { host: "127.0.0.1", port: 3000, https: false, sipPort: 5060, srtpWithoutTls: false, domain: "tandem.local", rtpPortMin: 20_000, rtpPortMax: 20_999, lang: "en", demo: true, logLevel: "info" });
});

test("flags win over the environment, which wins over the file", () => {
  const file = JSON.stringify({ port: 1, sipPort: 2, domain: "file.example", demo: false });
  const config = good(["--port", "10", "--https"], { TANDEM_PORT: "20", TANDEM_SIP_PORT: "21", DATABASE_URL: "postgres://h/d" }, file);
  assert.equal(config.port, 10);
  assert.equal(config.sipPort, 21);
  assert.equal(config.domain, "file.example");
  assert.equal(config.demo, false);
  assert.equal(config.https, true);
  assert.equal(config.databaseUrl, "postgres://h/d");
});

test("--key=value, switches on and off, an empty variable counts as absent", () => {
  assert.equal(good(["--sip-port=6060"]).sipPort, 6060);
  assert.equal(good(["--no-demo"]).demo, false);
  assert.equal(good(["--demo=false"]).demo, false);
  assert.equal(good([], { TANDEM_DEMO: "0", TANDEM_PORT: "" }).demo, false);
});

test("a wrong value names the key, what it must be, and where it came from", () => {
  assert.match(bad(["--port", "abc"]), /^port \("abc"\), from --port: must be a port, 0 to 65535/);
  assert.match(bad([], { TANDEM_SIP_PORT: "70000" }), /^sipPort .* from TANDEM_SIP_PORT: must be a port/);
  assert.match(bad([], {}, '{"logLevel":"loud"}'), /^logLevel \("loud"\), from .*tandem\.config\.json: must be debug, info, warn or error/);
  assert.match(bad([], { LANG: "fr_FR.UTF-8", TANDEM_DEMO: "peut-être" }), /^demo \("peut-être"\), lu dans TANDEM_DEMO : il faut true ou false/);
  const text = bad(["--database-url", "mysql://u:secret@h/d"]);
  assert.match(text, /databaseUrl, from --database-url/);
  assert.doesNotMatch(text, /secret/);
});

test("settings that must agree", () => {
  assert.match(bad(["--rtp-port-min", "30000"]), /rtpPortMax \(20999\), from preset: must be at least rtpPortMin \(30000\)/);
  assert.match(bad(["--tls-cert", "c.pem"]), /tlsCert, from --tls-cert: needs tlsKey \(--tls-key\)/);
  const config = good(["--tls-cert", "c.pem", "--tls-key", "/k.pem"]);
  assert.equal(config.https, true);
  assert.match(config.tlsCert ?? "", /^\/.*c\.pem$/);
  assert.equal(config.sipTlsPort, 5061);
  assert.equal(good(["--https", "--sip-tls-port", "0"]).sipTlsPort, 0);
  assert.equal(good().sipTlsPort, undefined);
});

test("what is not known is refused", () => {
  assert.match(bad(["--prot", "1"]), /unknown flag --prot/);
  assert.match(bad(["3000"]), /unknown flag 3000/);
  assert.match(bad(["--no-port"]), /unknown flag --no-port/);
  assert.match(bad(["--port"]), /--port needs a value/);
  assert.match(bad(["--port", "--https"]), /--port needs a value/);
  assert.match(bad([], {}, '{"prot":1}'), /unknown key "prot"/);
  assert.match(bad([], {}, "{"), /is not JSON/);
  assert.match(bad([], {}, "[]"), /must be a JSON object/);
  assert.match(bad(["--config", "elsewhere.json"]), /elsewhere\.json cannot be read/);
});

test("--help speaks the locale's language and knows every key", () => {
  const result = readConfig({ argv: ["--help"], env: { LANG: "fr_FR.UTF-8" }, cwd: "/" });
  assert.ok(!result.ok && result.exitCode === 0);
  assert.match(result.text, /options/);
  for (const lang of ["fr", "en"] as const) assert.equal(helpText(lang).match(/^ {2}--/gm)?.length, KEYS.length + 1);
});

test("a taken port names the flag that changes it", () => {
  assert.match(portTakenText("port", 3000, "en"), /3000 is taken.*--port 3001/);
  assert.match(portTakenText("sipPort", 5060, "fr"), /5060 est déjà pris.*--sip-port 5061/);
});

test("one of several servers needs the database that they share; the proxies in front are a list", () => {
  assert.match(bad(["--node", "a"]), /^node, from --node: needs databaseUrl/);
  assert.match(bad(["--node", "a b"], { DATABASE_URL: "postgres://h/d" }), /a short name/);
  const config = good(["--node", "a", "--sip-front", "192.0.2.10,2001:db8::10"], { DATABASE_URL: "postgres://h/d" });
  assert.deepEqual([config.node, config.sipFront], ["a", ["192.0.2.10", "2001:db8::10"]]);
});
