/** A softphone's settings in the forms that softphones and people read. Pure. */
import type { Language, SoftphoneSettings } from "@tandem/protocol";

/**
 * Linphone's remote provisioning: its lpconfig XML (wiki.linphone.org, "Remote provisioning"). The domain of the account need not be in
 * the DNS: `reg_proxy` says where the registrar is.
 */
export function linphoneXml(settings: SoftphoneSettings): string {
  const { account, password, domain, server, port, transport, name } = settings;
  const host = server.includes(":") ? `[${server}]` : server;
  const sections: [string, Record<string, string>][] = [
    // The address has served: Linphone must not ask it again at each start.
    ["misc", { transient_provisioning: "1" }],
    // Keys in the SDP travel sealed only over TLS; then the voice is sealed too.
    ["sip", { default_proxy: "0", register_only_when_network_is_up: "1", ...(transport === "tls" ? { media_encryption: "srtp" } : {}) }],
    ["proxy_0", {
      reg_proxy: `<sip:${host}:${port};transport=${transport}>`,
      reg_route: `<sip:${host}:${port};transport=${transport};lr>`,
      reg_identity: `"${name.replace(/["\\]/g, "")}" <sip:${account}@${domain}>`,
      realm: domain,
      reg_expires: "600",
      reg_sendregister: "1",
      publish: "0",
    }],
    ["auth_info_0", { username: account, userid: account, passwd: password, realm: domain, domain }],
  ];
  const body = sections.map(([section, entries]) => [`  <section name="${section}">`, ...Object.entries(entries).map(([key, value]) => `    <entry name="${key}" overwrite="true">${escape(value)}</entry>`), "  </section>"].join("\n")).join("\n");
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<config xmlns="http://www.linphone.org/xsds/lpconfig.xsd" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.linphone.org/xsds/lpconfig.xsd lpconfig.xsd">',
    body,
    "</config>",
    "",
  ].join("\n");
}

const WORDS = {
  fr: {
    title: "Régler un téléphone",
    once: "Cette adresse règle un seul téléphone, une seule fois.",
    scan: "Sur le téléphone, ouvrez Linphone, choisissez « Configuration à distance », puis scannez le QR code ou collez cette adresse.",
    open: "Ouvrir dans Linphone",
    show: "Afficher les réglages à saisir",
    shown: "Ces réglages ne s’afficheront plus : gardez cette page ouverte jusqu’à ce que le téléphone sonne.",
    account: "Compte (identifiant)", password: "Mot de passe", domain: "Domaine", server: "Serveur (proxy sortant)", transport: "Transport", name: "Nom affiché", number: "Votre numéro",
    over: "Cette adresse a déjà servi ou a expiré.",
    ask: "Demandez un nouveau QR code à votre administrateur.",
    slow: "Trop d’essais. Réessayez dans une minute.",
  },
  en: {
    title: "Set up a phone",
    once: "This address sets up one phone, once.",
    scan: "On the phone, open Linphone, choose “Remote provisioning”, then scan the QR code or paste this address.",
    open: "Open in Linphone",
    show: "Show the settings to type",
    shown: "These settings will not be shown again: keep this page open until the phone rings.",
    account: "Account (user name)", password: "Password", domain: "Domain", server: "Server (outbound proxy)", transport: "Transport", name: "Display name", number: "Your number",
    over: "This address has been used, or has expired.",
    ask: "Ask your administrator for a new QR code.",
    slow: "Too many attempts. Try again in a minute.",
  },
} as const;

/** Before anything is shown: a camera, a preview of a message or a curious person uses nothing up by opening the address. */
export function askingPage(language: Language, url: string): string {
  const words = WORDS[language];
  const inLinphone = url.replace(/^https?:/, "linphone-config:");
  return page(language, `<p>${words.once}</p><p class="dim">${words.scan}</p><p><a class="button" href="${escape(inLinphone)}">${words.open}</a></p><form method="post" enctype="text/plain"><button>${words.show}</button></form>`);
}

export function settingsPage(language: Language, settings: SoftphoneSettings): string {
  const words = WORDS[language];
  const rows: [string, string][] = [
    [words.account, settings.account], [words.password, settings.password], [words.domain, settings.domain],
    [words.server, `${settings.server.includes(":") ? `[${settings.server}]` : settings.server}:${settings.port}`], [words.transport, settings.transport.toUpperCase()], [words.name, settings.name],
    ...(settings.number === null ? [] : [[words.number, settings.number] as [string, string]]),
  ];
  return page(language, `<dl>${rows.map(([term, value]) => `<dt>${escape(term)}</dt><dd>${escape(value)}</dd>`).join("")}</dl><p class="dim">${words.shown}</p>`);
}

export function overPage(language: Language, why: "over" | "slow"): string {
  const words = WORDS[language];
  return page(language, `<p>${words[why]}</p>${why === "over" ? `<p class="dim">${words.ask}</p>` : ""}`);
}

function page(language: Language, body: string): string {
  const { title } = WORDS[language];
  return `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>${title} · Tandem</title><style>${STYLE}</style><main><h1>${title}</h1>${body}</main></html>`;
}

const STYLE = `:root{color-scheme:light dark;--bg:#f5f5f4;--card:#fff;--ink:#1c1b1a;--dim:#5f5b57;--line:#dedbd7;--acc:#1f5fd0;--on:#fff}
@media(prefers-color-scheme:dark){:root{--bg:#141312;--card:#1d1c1a;--ink:#f0eeeb;--dim:#a8a39d;--line:#383532;--acc:#8ab4ff;--on:#0d1117}}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,sans-serif}main{max-width:26rem;margin:8vh auto;padding:1.5rem;background:var(--card);border:1px solid var(--line);border-radius:12px}
h1{font-size:1.25rem;margin:0 0 .75rem}.dim{color:var(--dim);font-size:.9rem}.button,button{display:block;width:100%;box-sizing:border-box;padding:.7rem 1rem;border-radius:8px;border:1px solid var(--line);background:none;color:inherit;font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
.button{background:var(--acc);color:var(--on);border-color:var(--acc)}:focus-visible{outline:3px solid var(--acc);outline-offset:2px}dl{display:grid;gap:.1rem;margin:0 0 1rem}dt{color:var(--dim);font-size:.85rem;margin-top:.5rem}dd{margin:0;font-family:ui-monospace,monospace;font-size:1.05rem;user-select:all;overflow-wrap:anywhere}`;

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
