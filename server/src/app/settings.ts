import { z } from "zod";
import { readRecogniserUrl } from "./speech-vosk.ts";

/** What a setting is for, in the two languages of `--help`. */
interface Words {
  en: string;
  fr: string;
}

interface Setting {
  schema: z.ZodType;
  /** What a right value is, for the message about a wrong one. */
  must: Words;
  help: Words;
  /** Shown by --help; settings without one are derived or absent. */
  preset?: string;
  /** A flag without a value; `--no-<flag>` turns it off. */
  isSwitch?: boolean;
  /** Other environment variable than TANDEM_<KEY>. */
  env?: string;
}

// Flags and environment are text, the file has types: each schema takes both.
const port = z.coerce.number().int().min(1).max(65_535);
const portOrAny = z.coerce.number().int().min(0).max(65_535);
const text = z.string().trim().min(1);
const yes = z.union([z.boolean(), z.enum(["true", "1", "yes"]).transform(() => true), z.enum(["false", "0", "no"]).transform(() => false)]);
const mustPort: Words = { en: "a port, 0 to 65535 (0: any free one)", fr: "un port, de 0 à 65535 (0 : n'importe quel port libre)" };
const mustText: Words = { en: "a text that is not empty", fr: "un texte non vide" };
const mustYes: Words = { en: "true or false", fr: "true ou false" };
const mustFile: Words = { en: "the path of a file", fr: "le chemin d'un fichier" };
const mustFolder: Words = { en: "the path of a folder", fr: "le chemin d'un dossier" };

/** Every setting, in the order of --help. The key in the file is the name here; `sipPort` is --sip-port and TANDEM_SIP_PORT. */
export const SETTINGS = {
  host: {
    schema: text,
    must: { en: "an address or host name to listen on", fr: "une adresse ou un nom d'hôte où écouter" },
    help: { en: "address to listen on, for web and telephony; 0.0.0.0 opens both to the network", fr: "adresse d'écoute du web et de la téléphonie ; 0.0.0.0 ouvre les deux au réseau" },
    preset: "127.0.0.1",
  },
  port: { schema: portOrAny, must: mustPort, help: { en: "port of the web: desktop, widget, API", fr: "port du web : bureau, widget, API" }, preset: "3000" },
  https: { schema: yes, must: mustYes, help: { en: "serve over HTTPS (browsers give the microphone to other machines only so); self-signed unless --tls-cert", fr: "servir en HTTPS (les navigateurs d'autres machines n'ouvrent le micro qu'ainsi) ; autosigné sans --tls-cert" }, preset: "false", isSwitch: true },
  tlsCert: { schema: text, must: mustFile, help: { en: "certificate chain for HTTPS, PEM", fr: "chaîne de certificats HTTPS, PEM" } },
  tlsKey: { schema: text, must: mustFile, help: { en: "its private key, PEM", fr: "sa clé privée, PEM" } },
  sipPort: { schema: portOrAny, must: mustPort, help: { en: "port of SIP over UDP and TCP", fr: "port SIP en UDP et TCP" }, preset: "5060" },
  sipTlsPort: { schema: portOrAny, must: mustPort, help: { en: "port of SIP over TLS, open with --https or --tls-cert (else 5061)", fr: "port SIP en TLS, ouvert avec --https ou --tls-cert (sinon 5061)" } },
  tlsTrust: { schema: text, must: mustFile, help: { en: "certificates of private authorities to believe of SIP peers, PEM", fr: "certificats d'autorités privées à croire chez les pairs SIP, PEM" } },
  srtpWithoutTls: { schema: yes, must: mustYes, help: { en: "take and give SRTP keys (SDES) over SIP without TLS: only where nobody can listen in", fr: "accepter et donner des clés SRTP (SDES) en SIP sans TLS : seulement là où personne n'écoute" }, preset: "false", isSwitch: true },
  sipHost: { schema: text, must: { en: "an address or host name", fr: "une adresse ou un nom d'hôte" }, help: { en: "address that phones are told to use, when it is not the one listened on (NAT)", fr: "adresse annoncée aux téléphones, si ce n'est pas celle d'écoute (NAT)" } },
  domain: { schema: text, must: mustText, help: { en: "SIP domain of users and phones", fr: "domaine SIP des utilisateurs et des téléphones" }, preset: "tandem.local" },
  rtpPortMin: { schema: port, must: mustPort, help: { en: "first UDP port for voice", fr: "premier port UDP de la voix" }, preset: "20000" },
  rtpPortMax: { schema: port, must: mustPort, help: { en: "last UDP port for voice (two ports a call leg)", fr: "dernier port UDP de la voix (deux ports par branche d'appel)" }, preset: "20999" },
  dataDir: { schema: text, must: mustFolder, help: { en: "folder of the database, recordings and logs", fr: "dossier de la base de données, des enregistrements et des journaux" }, preset: "./data" },
  recordingDir: { schema: text, must: mustFolder, help: { en: "folder of the call recordings (else recordings/ in the data folder)", fr: "dossier des enregistrements d'appels (sinon recordings/ dans le dossier de données)" } },
  databaseUrl: {
    schema: z.string().regex(/^(postgres(ql)?|socket):/),
    must: { en: "an address like postgres://user:password@host:5432/database", fr: "une adresse comme postgres://utilisateur:secret@hote:5432/base" },
    help: { en: "PostgreSQL 15 or later of your own, in the place of the embedded one", fr: "votre propre PostgreSQL (15 ou plus) à la place de celui qui est intégré" },
    env: "DATABASE_URL",
  },
  lang: { schema: z.enum(["fr", "en"]), must: { en: "fr or en", fr: "fr ou en" }, help: { en: "language of messages and of the demo centre: fr or en (else that of the system)", fr: "langue des messages et du centre de démonstration : fr ou en (sinon celle du système)" } },
  demo: { schema: yes, must: mustYes, help: { en: "seed the demo centre into an empty database", fr: "installer le centre de démonstration dans une base vide" }, preset: "true", isSwitch: true },
  smtpUrl: {
    schema: z.string().regex(/^smtps?:\/\/\S+$/),
    must: { en: "an address like smtp://user:password@relay:587", fr: "une adresse comme smtp://utilisateur:secret@relais:587" },
    help: { en: "relay that voicemail is e-mailed by; without it, it is not", fr: "relais qui envoie les messages vocaux par e-mail ; sans lui, rien n'est envoyé" },
  },
  mailFrom: { schema: text, must: mustText, help: { en: "sender of these e-mails (else telephone@ and the SIP domain)", fr: "expéditeur de ces e-mails (sinon telephone@ et le domaine SIP)" } },
  recogniserUrl: {
    schema: z.string().refine((text) => readRecogniserUrl(text) !== null),
    must: { en: "an address like ws://host:2700, or fr=ws://host:2700,en=ws://host:2701", fr: "une adresse comme ws://hote:2700, ou fr=ws://hote:2700,en=ws://hote:2701" },
    help: { en: "speech recogniser (Vosk server protocol) that hears callers' answers; without it, only the words of the question are spotted", fr: "reconnaissance vocale (protocole du serveur Vosk) qui entend les réponses ; sans elle, seuls les mots de la question sont reconnus" },
  },
  node: {
    schema: z.string().regex(/^[a-z0-9-]{1,40}$/),
    must: { en: "a short name: a-z, 0-9, -", fr: "un nom court : a-z, 0-9, -" },
    help: { en: "name of this server among several on one database (needs --database-url)", fr: "nom de ce serveur parmi plusieurs sur une même base (demande --database-url)" },
  },
  sipFront: {
    schema: z.string().regex(/^[^\s,]+(,[^\s,]+)*$/).transform((text) => text.split(",")),
    must: { en: "addresses, separated by commas", fr: "des adresses séparées par des virgules" },
    help: { en: "addresses of the SIP proxies in front, behind which the phones are (Kamailio)", fr: "adresses des proxys SIP placés devant, derrière lesquels sont les téléphones (Kamailio)" },
  },
  logLevel: { schema: z.enum(["debug", "info", "warn", "error"]), must: { en: "debug, info, warn or error", fr: "debug, info, warn ou error" }, help: { en: "how much is logged: debug, info, warn, error", fr: "quantité de journaux : debug, info, warn, error" }, preset: "info" },
} satisfies Record<string, Setting>;

export type Key = keyof typeof SETTINGS;
export const KEYS = Object.keys(SETTINGS) as Key[];
export const setting = (key: Key): Setting => SETTINGS[key];

/** `sipPort` -> `sip-port`. */
export const flagOf = (key: Key): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
/** `sipPort` -> `TANDEM_SIP_PORT`. */
export const envOf = (key: Key): string => setting(key).env ?? `TANDEM_${flagOf(key).replaceAll("-", "_").toUpperCase()}`;
