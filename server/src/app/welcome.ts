import { networkInterfaces } from "node:os";
import type { Config } from "./config.ts";
import { DEMO_LOGIN, DEMO_NUMBER, DEMO_PHONE, type FirstSecrets } from "./demo.ts";

interface Running {
  port: number;
  sipPort: number;
  /** Null after the first start: passwords are shown once. */
  secrets: FirstSecrets | null;
  startedMs: number;
}

/** What a newcomer reads: three things to do, each working at once on this machine. Passwords only the first time. */
export function welcome(config: Config, running: Running): string {
  const { secrets } = running;
  const say = (fr: string, en: string): string => (config.lang === "fr" ? fr : en);
  const seconds = (running.startedMs / 1000).toFixed(1);
  const web = `${config.https ? "https" : "http"}://${onThisMachine(config.host)}:${running.port}`;
  const once = say("(affiché une seule fois)", "(shown only once)");
  const signIn = secrets
    ? say(`identifiant ${secrets.login}   mot de passe ${secrets.password}   ${once}`, `login ${secrets.login}   password ${secrets.password}   ${once}`)
    : config.demo
      ? say(`identifiant ${DEMO_LOGIN}   (mot de passe affiché au premier démarrage)`, `login ${DEMO_LOGIN}   (its password was shown at the first start)`)
      : null;
  const lines = ["", say(`  Tandem est prêt (${seconds} s).`, `  Tandem is ready (${seconds} s).`) + (config.demo ? say(" Trois choses à essayer :", " Three things to try:") : ""), ""];
  lines.push(`  1. ${say("Le bureau     ", "The desktop   ")}   ${web}`);
  if (signIn !== null) lines.push(`                      ${signIn}`);
  if (config.demo) {
    lines.push(`  2. ${say("La boutique   ", "The demo shop ")}   ${web}/shop/   ${say("discutez, ou appelez depuis la page", "chat, or call from the page")}`);
    const phone = secrets?.phone ?? { account: DEMO_PHONE, password: say("(affiché au premier démarrage)", "(shown at the first start)") };
    lines.push(
      `  3. ${say("Un téléphone SIP", "Any SIP phone")}${say("", "   ")} ${say("compte", "account")} ${phone.account}   ${say("mot de passe", "password")} ${phone.password}`,
      `                      ${say("domaine", "domain")} ${config.domain}   ${say("serveur (proxy)", "server (proxy)")} ${config.sipHost ?? forPhones(config.host)}:${running.sipPort}, UDP ${say("ou", "or")} TCP`,
      `                      ${say(`puis composez le ${DEMO_NUMBER}`, `then dial ${DEMO_NUMBER}`)}`,
      `                      ${say("un poste pour un collègue : Administration, Postes, un formulaire et un QR code", "an extension for a colleague: Administration, Extensions, one form and a QR code")}`,
    );
  }
  lines.push("");
  if (isLoopback(config.host)) lines.push(say("  Ouvert à cette seule machine. Pour d'autres : npm start -- --host 0.0.0.0 --https (le micro des navigateurs exige HTTPS).", "  Open to this machine only. For others: npm start -- --host 0.0.0.0 --https (browsers give the microphone only over HTTPS)."));
  else if (!config.https) lines.push(say("  Attention : sans --https, les navigateurs des autres machines refuseront le micro.", "  Note: without --https, browsers of other machines will refuse the microphone."));
  lines.push(say("  Ctrl-C arrête tout.", "  Ctrl-C stops everything."), "");
  return lines.join("\n");
}

const isLoopback = (host: string): boolean => ["127.0.0.1", "localhost", "::1"].includes(host);
const isWildcard = (host: string): boolean => host === "0.0.0.0" || host === "::";

/** What a browser on this machine opens. */
function onThisMachine(host: string): string {
  if (isLoopback(host) || isWildcard(host)) return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

/** What a telephone on the network is told. */
function forPhones(host: string): string {
  if (!isWildcard(host)) return onThisMachine(host) === "localhost" ? "127.0.0.1" : onThisMachine(host);
  const outside = Object.values(networkInterfaces()).flatMap((all) => all ?? []).find((one) => one.family === "IPv4" && !one.internal);
  return outside?.address ?? "127.0.0.1";
}
