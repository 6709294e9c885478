/** E-mail out: one relay, by SMTP. What is sent is words of ours and a sound; a message that cannot be sent is in the mailbox all the same. */
import type { QueueMessage } from "@tandem/protocol/callback";
import { createTransport } from "nodemailer";
import type { Log } from "../base/log.ts";
import { spokenDate, type VoicemailMail } from "../exchange/exchange.ts";

/** A relay that does not answer is not waited for: nobody is, but a connection is held. */
const TIMEOUT_MS = 20_000;
/** Attack: a flood of voicemail that becomes a flood of mail. The rest is in the mailboxes and in the log. */
const MAX_WAITING = 100;

export interface MailSetup {
  /** `queueName`: of a message that belongs to a queue's people; absent = to a mailbox. */
  voicemail(mail: VoicemailMail & { queueName?: string }): void;
  /** A message of a queue's people, to one of the addresses that the queue names. */
  queueMessage(message: QueueMessage, to: string, path: string): void;
  /** Words of ours to a customer. False: it was not taken, and nobody has it. */
  letter(to: string, subject: string, text: string): Promise<boolean>;
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
  const mailer: MailSetup = {
    queueMessage({ id, queueName, number, name, customerId, language, leftAtMs, durationMs }, to, path) {
      mailer.voicemail({ to, path, language, queueName, message: { id, extensionId: "", fromNumber: number, fromName: name, customerId, leftAtMs, durationMs, heard: false } });
    },
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
    async letter(to, subject, text) {
      if (waiting >= MAX_WAITING) return false;
      waiting++;
      try {
        await transport.sendMail({ from, to: { name: "", address: to }, subject: subject.replaceAll(/\p{Cc}/gu, " "), text });
        return true;
      } catch (error) {
        log.error({ why: (error as Error).message }, "an e-mail to a customer could not be sent");
        return false;
      } finally {
        waiting--;
      }
    },
    stop: () => transport.close(),
  };
  return mailer;
}

function wordsOf({ language, message, queueName }: VoicemailMail & { queueName?: string }, zone: string): { subject: string; text: string } {
  const number = message.fromNumber;
  const who = [message.fromName, number].filter((part) => part !== "").join(" ").replaceAll(/[\p{Cc}"]/gu, " ") || (language === "fr" ? "un numéro masqué" : "a withheld number");
  const when = spokenDate(message.leftAtMs, language, zone);
  const seconds = Math.round(message.durationMs / 1000);
  if (queueName !== undefined) {
    return language === "fr"
      ? { subject: `Message vocal pour ${queueName} de ${who}`, text: `Message vocal pour ${queueName} de ${who}, ${when}, ${seconds} s.\n\nL'enregistrement est joint. Prenez-le en charge depuis votre poste de travail Tandem, pour que personne d'autre ne rappelle.\n` }
      : { subject: `Voicemail for ${queueName} from ${who}`, text: `Voicemail for ${queueName} from ${who}, ${when}, ${seconds} s.\n\nThe recording is attached. Claim it on your Tandem desktop, so that nobody else calls back.\n` };
  }
  return language === "fr"
    ? { subject: `Message vocal de ${who}`, text: `Message vocal de ${who}, ${when}, ${seconds} s.\n\nL'enregistrement est joint. Écoutez-le aussi depuis votre téléphone (*97) ou la page Téléphone.\n` }
    : { subject: `Voicemail from ${who}`, text: `Voicemail from ${who}, ${when}, ${seconds} s.\n\nThe recording is attached. You can also listen on your telephone (*97) or on the Telephone page.\n` };
}
