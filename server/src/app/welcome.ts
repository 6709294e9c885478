import type { Config } from "./config.ts";
import { DEMO_LOGIN, DEMO_NUMBER, DEMO_PHONE, type DemoSecrets } from "./demo.ts";

/** What a newcomer reads: three things to do, each working at once on this machine. Passwords only the first time. */
export function welcome(config: Config, running: { port: number; sipPort: number; secrets: DemoSecrets | null; startedMs: number }): string {
  const { secrets, port, sipPort } = running;
  const web = `${config.https ? "https" : "http"}://${shownHost(config.host)}:${port}`;
  const sip = `${config.sipHost ?? shownHost(config.host)}:${sipPort}`;
  const seconds = (running.startedMs / 1000).toFixed(1);
  const loopback = ["127.0.0.1", "localhost", "::1"].includes(config.host);
  if (config.lang === "fr") {
    return [
      "",
      `  Tandem est prêt (${seconds} s). Trois choses à essayer :`,
      "",
      `  1. Le bureau        ${web}`,
      secrets ? `                      identifiant ${secrets.login}   mot de passe ${secrets.password}   (affiché une seule fois)` : `                      identifiant ${DEMO_LOGIN}   (mot de passe affiché au premier démarrage)`,
      `  2. La boutique      ${web}/shop/   discutez, ou appelez depuis la page`,
      `  3. Un téléphone SIP compte ${DEMO_PHONE}   serveur ${sip}   domaine ${config.domain}${secrets ? `   mot de passe ${secrets.phonePassword}` : ""}`,
      `                      puis composez le ${DEMO_NUMBER}`,
      "",
      ...(loopback ? [`  Ouvert à cette seule machine. Pour d'autres : npm start -- --host 0.0.0.0 --https (le micro des navigateurs exige HTTPS).`] : config.https ? [] : [`  Attention : sans --https, les navigateurs des autres machines refuseront le micro.`]),
      "  Ctrl-C arrête tout.",
      "",
    ].join("\n");
  }
  return [
    "",
    `  Tandem is ready (${seconds} s). Three things to try:`,
    "",
    `  1. The desktop      ${web}`,
    secrets ? `                      login ${secrets.login}   password ${secrets.password}   (shown only once)` : `                      login ${DEMO_LOGIN}   (its password was shown at the first start)`,
    `  2. The demo shop    ${web}/shop/   chat, or call from the page`,
    `  3. Any SIP phone    account ${DEMO_PHONE}   server ${sip}   domain ${config.domain}${secrets ? `   password ${secrets.phonePassword}` : ""}`,
    `                      then dial ${DEMO_NUMBER}`,
    "",
    ...(loopback ? [`  Open to this machine only. For others: npm start -- --host 0.0.0.0 --https (browsers give the microphone only over HTTPS).`] : config.https ? [] : [`  Note: without --https, browsers of other machines will refuse the microphone.`]),
    "  Ctrl-C stops everything.",
    "",
  ].join("\n");
}

function shownHost(host: string): string {
  if (host === "127.0.0.1" || host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
