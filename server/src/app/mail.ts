/** E-mail out: one relay, by SMTP. What is sent is words of ours and a sound; a message that cannot be sent is in the mailbox all the same. */
import { createTransport } from "nodemailer";
import type { Log } from "../base/log.ts";
import { spokenDate, type VoicemailMail } from "../exchange/exchange.ts";

/** A relay that does not answer is not waited for: nobody is, but a connection is held. */
const TIMEOUT_MS = 20_000;
/** Attack: a flood of voicemail that becomes a flood of mail. The rest is in the mailboxes and in the log. */
const MAX_WAITING = 100;

export interface MailSetup {
  voicemail(mail: VoicemailMail): void;
  stop(): void;
}

export interface MailOptions {
  /** smtp://user:password@relay:587 or smtps://...:465. */
  smtpUrl: string;
  /** Sender. */
  from: string;
  zone: string;
  log: Log;
}

export function startMail({ smtpUrl, from, zone, log }: MailOptions): MailSetup {
  const transport = createTransport({ url: smtpUrl, pool: true, maxConnections: 2, connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS, disableUrlAccess: true });
  let waiting = 0;
  return {
    voicemail(mail) {
      if (waiting >= MAX_WAITING) return log.warn({ message: mail.message.id }, "too many e-mails wait; this message is in its mailbox only");
      waiting++;
      const { subject, text } = wordsOf(mail, zone);
      // A caller's name goes into a header: one line, no quotes.
      transport.sendMail({ from, to: mail.to, subject, text, attachments: [{ filename: `${mail.message.id}.wav`, path: mail.path, contentType: "audio/wav" }] }).then(
        () => waiting--,
        (error: Error) => {
          waiting--;
          log.error({ message: mail.message.id, why: error.message }, "a voicemail message could not be e-mailed");
        },
      );
    },
    stop: () => transport.close(),
  };
}

function wordsOf({ language, message }: VoicemailMail, zone: string): { subject: string; text: string } {
  const number = message.fromNumber;
  const who = [message.fromName, number].filter((part) => part !== "").join(" ").replaceAll(/[\p{Cc}"]/gu, " ") || (language === "fr" ? "un numéro masqué" : "a withheld number");
  const when = spokenDate(message.leftAtMs, language, zone);
  const seconds = Math.round(message.durationMs / 1000);
  return language === "fr"
    ? { subject: `Message vocal de ${who}`, text: `Message vocal de ${who}, ${when}, ${seconds} s.\n\nL'enregistrement est joint. Écoutez-le aussi depuis votre téléphone (*97) ou la page Téléphone.\n` }
    : { subject: `Voicemail from ${who}`, text: `Voicemail from ${who}, ${when}, ${seconds} s.\n\nThe recording is attached. You can also listen on your telephone (*97) or on the Telephone page.\n` };
}
