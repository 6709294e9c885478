/**
 * A new seat, whole: an administrator fills one form in Chromium; what the page then shows, typed into a real baresip, registers it; the
 * address that its QR code holds configures a real Linphone, once; the two call each other by their new numbers.
 */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { Baresip } from "../../server/src/app/baresip.ts";
import { outside } from "../../server/src/app/peer-network.ts";
import { launchBrowser, signIn } from "./browser.ts";
import { RunningCentre, until } from "./centre.ts";
import { toneFile } from "./sound.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-seat-"));
const ends: (() => unknown)[] = [];
let centre: RunningCentre;
let browser: Browser;
let page: Page;
let problems: string[];
let admin: (method: string, path: string, body?: unknown) => Promise<unknown>;

before(async () => {
  centre = await RunningCentre.start({ host: "0.0.0.0", lang: "fr" });
  ends.push(() => centre.stop());
  admin = await centre.signIn("lea", centre.secrets.password);
  browser = await launchBrowser(null);
  ends.push(() => browser.close());
  ({ page, problems } = await signIn(browser, centre, "lea", centre.secrets.password));
  await page.goto(`${centre.url}/admin#extensions`);
  await page.locator("main").getByText("204", { exact: true }).first().waitFor(); // the demo's last: the form proposes the number after it
});
after(async () => {
  for (const end of ends.toReversed()) await end();
  rmSync(folder, { recursive: true, force: true });
});

/** How many phones of that extension are there now. */
async function devices(number: string): Promise<number> {
  const rows = (await admin("GET", "/telephony/extensions")) as { number: string; devices: number }[];
  return rows.find((row) => row.number === number)?.devices ?? -1;
}

/** Fills the form, and reads what the page shows this once. */
async function newSeat(name: string): Promise<{ number: string; url: string; lines: Record<string, string> }> {
  await page.getByRole("button", { name: "Nouvelle place" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Nom", { exact: true }).fill(name);
  const number = await form.getByLabel("Poste", { exact: true }).inputValue();
  await form.getByRole("button", { name: "Créer la place" }).click();
  await form.getByRole("img", { name: "QR code des réglages du téléphone" }).waitFor();
  const [terms, values] = [await form.locator("dt").allInnerTexts(), await form.locator("dd").allInnerTexts()];
  const url = (await form.locator("code").allInnerTexts()).find((text) => text.startsWith("http"));
  assert.ok(url !== undefined, "the address is shown");
  await form.getByRole("button", { name: "C’est noté" }).click();
  return { number, url, lines: Object.fromEntries(terms.map((term, i) => [term, values[i] ?? ""])) };
}

/** A real Linphone that knows one address and nothing else. */
class Linphone {
  readonly #child: ChildProcess;
  readonly config: string;
  output = "";

  constructor(home: string, address: string | null) {
    this.config = join(home, "linphonerc");
    // Without this folder it starts no core, and says nothing.
    mkdirSync(join(home, ".local/share/linphone"), { recursive: true });
    if (address !== null) writeFileSync(this.config, `[misc]\nconfig-uri=${address}\n[sip]\nsip_port=-1\nsip_tcp_port=-1\n`);
    this.#child = spawn("linphonec", ["-c", this.config], { env: { ...process.env, HOME: home }, stdio: ["pipe", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) stream.on("data", (data: Buffer) => (this.output += data.toString()));
  }

  async quit(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((done) => this.#child.once("exit", done));
    this.#child.stdin!.write("quit\n");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 60_000); // before, it says goodbye to its registrar and writes its settings
    await gone;
    clearTimeout(timer);
  }
}

test("what the new seat's page shows registers a baresip; the address in its code sets up a Linphone, once; the two call each other", async () => {
  const nina = await newSeat("Nina Roux");
  const zoe = await newSeat("Zoé Ünlü");
  assert.deepEqual([nina.number, zoe.number], ["205", "206"], "the numbers after the demo's");
  const net = outside();
  const { Utilisateur: account, "Mot de passe": password, Domaine: domain, "Serveur (proxy sortant)": server } = nina.lines;
  assert.deepEqual([account, domain, server], ["nina.roux", "tandem.local", `${net.address}:${centre.sipPort}`]);
  assert.ok(zoe.url.startsWith(`http://${net.address}:${centre.port}/provision/`), "an address that a phone reaches, though the page was opened at localhost");

  const baresip = await Baresip.start({ folder: join(folder, "nina"), interfaceName: net.interfaceName, source: toneFile(folder, 440), account: `<sip:${account}@${domain};transport=tcp>;auth_user=${account};auth_pass=${password};outbound="sip:${server};transport=tcp";regint=60;audio_codecs=PCMA` });
  ends.push(() => baresip.stop());
  await until("Nina's phone registers", async () => (await devices(nina.number)) === 1);

  const home = join(folder, "zoe");
  const first = new Linphone(home, zoe.url);
  ends.push(() => first.quit());
  await until("Linphone registers", async () => (await devices(zoe.number)) === 1, () => first.output);
  const again = await fetch(zoe.url, { headers: { accept: "application/json" } });
  assert.equal(again.status, 404, "the address has served");

  baresip.command("dial", `sip:${zoe.number}@${domain}`);
  await baresip.until("ringing at Zoé's", (event) => event.type === "CALL_RINGING");
  await until("Linphone rings", async () => /from "?Nina Roux/.test(first.output), () => first.output);
  baresip.command("hangup");

  await first.quit();
  await until("Linphone is gone", async () => (await devices(zoe.number)) === 0);
  assert.doesNotMatch(readFileSync(first.config, "utf8"), /config-uri=http/, "it will not ask the address again");
  const second = new Linphone(home, null);
  ends.push(() => second.quit());
  await until("Linphone registers by what it kept", async () => (await devices(zoe.number)) === 1, () => second.output);
});

test("every section of the telephone system's administration reads what the real server says, and writes what it takes", async () => {
  const refused: string[] = [];
  page.on("response", (response) => response.status() >= 400 && refused.push(`${response.status()} ${response.url()}`));
  for (const section of ["extensions", "phones", "groups", "rooms", "pages", "callerRules", "speedDials", "calls", "telephony", "trunks", "routes", "sipRoles"]) {
    await page.goto(`${centre.url}/admin#${section}`);
    await page.locator("main form, main table, main [role=grid], main p.font-semibold").first().waitFor();
    assert.equal(await page.getByText("n’a pas pu être lue").count(), 0, section);
    assert.equal(await page.locator("main").getByRole("alert").count(), 0, section);
  }
  const save = page.getByRole("button", { name: "Enregistrer", exact: true });
  const saved = async (path: string): Promise<void> => {
    const stored = page.waitForResponse((response) => response.request().method() === "PUT" && response.url().endsWith(path));
    await save.click();
    assert.equal((await stored).status(), 200, path);
    // the page knows it, too: until then it asks before what was typed is left
    await page.getByRole("button", { name: "Annuler les changements" }).waitFor({ state: "detached" });
  };
  await page.goto(`${centre.url}/admin#telephony`);
  await page.getByLabel("Numéro de la messagerie").fill("888");
  await saved("/telephony/settings");
  await page.goto(`${centre.url}/admin#security`);
  await page.getByRole("button", { name: /^Retirer / }).first().click(); // a country
  await saved("/telephony/fraud");
  await page.getByRole("tab", { name: "Entrée du réseau" }).click();
  await page.getByLabel("Minutes de bannissement").fill("45");
  await saved("/telephony/border");
  await page.getByRole("tab", { name: "Numéros signés" }).click();
  await page.getByLabel("D’où les certificats peuvent venir").fill("cert.example.com");
  await saved("/telephony/stir");
  for (const tab of ["Journal", "Bannis"]) await page.getByRole("tab", { name: tab }).click();

  await page.goto(`${centre.url}/admin#trunks`);
  await page.getByRole("button", { name: "Nouveau raccordement" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Nom", { exact: true }).fill("Essai");
  await form.getByLabel("Serveur").fill("192.0.2.77");
  await form.getByLabel("Identifiant").fill("halo");
  await form.getByLabel("Mot de passe").fill("secret");
  await form.getByRole("button", { name: "Créer" }).click();
  await page.getByRole("rowheader", { name: "Essai" }).waitFor();
  await page.goto(`${centre.url}/admin#routes`);
  await page.getByRole("button", { name: "Nouvelle route" }).first().click();
  await form.getByLabel("Nom", { exact: true }).fill("Tout");
  await form.getByRole("button", { name: "Créer" }).click();
  await page.getByRole("rowheader", { name: "Tout" }).waitFor();
  assert.deepEqual([problems, refused], [[], []]);
});
