/** Voicemail by e-mail: nodemailer against an SMTP relay of RFC 5321 as small as one can be. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Log } from "../base/log.ts";
import { silentLog } from "../base/log.ts";
import { tone, writeWav } from "../rtp/rtp.ts";
import { startMail } from "./mail.ts";

const MESSAGE = { id: "vm_1", extensionId: "ext_1", fromNumber: "+33611111111", fromName: 'Ana "\r\nBcc: x@y', customerId: null, leftAtMs: Date.parse("2026-11-23T09:05:00Z"), durationMs: 4_200, heard: false };

/** Takes one mail; resolves with its envelope and text. */
async function relay(): Promise<{ port: number; mail: Promise<{ to: string; text: string }>; close(): void }> {
  let done: (mail: { to: string; text: string }) => void;
  const mail = new Promise<{ to: string; text: string }>((resolve) => (done = resolve));
  const server = createServer((socket) => {
    let to = "";
    let text: string | null = null;
    let rest = "";
    socket.write("220 relay\r\n");
    socket.on("data", (data: Buffer) => {
      rest += data.toString("latin1");
      for (let end = rest.indexOf("\r\n"); end >= 0; end = rest.indexOf("\r\n")) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (text !== null) {
          if (line !== ".") text += `${line}\r\n`;
          else {
            done({ to, text });
            text = null;
            socket.write("250 kept\r\n");
          }
        } else if (/^(EHLO|HELO)/i.test(line)) socket.write("250 relay\r\n");
        else if (/^RCPT/i.test(line)) {
          to = line.slice(8);
          socket.write("250 ok\r\n");
        } else if (/^DATA/i.test(line)) {
          text = "";
          socket.write("354 go on\r\n");
        } else socket.write(/^QUIT/i.test(line) ? "221 bye\r\n" : "250 ok\r\n");
      }
    });
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return { port: (server.address() as AddressInfo).port, mail, close: () => void server.close() };
}

test("a message goes out in the holder's language with its sound; a caller's name adds no header", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-mail-"));
  const path = join(folder, "vm_1.wav");
  const wav = writeWav([tone(440, 200)]);
  writeFileSync(path, wav);
  const at = await relay();
  const mail = startMail({ smtpUrl: `smtp://127.0.0.1:${at.port}`, from: "Halo <telephone@halo.example>", zone: "Europe/Paris", log: silentLog });
  t.after(() => {
    mail.stop();
    at.close();
    rmSync(folder, { recursive: true, force: true });
  });
  mail.voicemail({ to: "marc@halo.example", message: MESSAGE, language: "fr", path });
  const { to, text } = await at.mail;
  assert.equal(to, "<marc@halo.example>");
  const [head] = text.split("\r\n\r\n");
  assert.doesNotMatch(head!, /^Bcc/im);
  assert.match(text.replaceAll("=\r\n", ""), /le 23 novembre =C3=A0 10 heures 5, 4 s\./);
  const base64 = text.replaceAll("\r\n", "");
  assert.ok(base64.includes(Buffer.from(wav).toString("base64").slice(0, 200)), "the sound is attached");
});

test("a relay that is not there is said in the log, and nothing else suffers", async () => {
  const said = await new Promise<string>((done) => {
    const log: Log = { ...silentLog, error: (_fields, message) => done(message) };
    const mail = startMail({ smtpUrl: "smtp://127.0.0.1:9", from: "x@halo.example", zone: "Europe/Paris", log });
    mail.voicemail({ to: "marc@halo.example", message: MESSAGE, language: "en", path: "/nowhere.wav" });
  });
  assert.equal(said, "a voicemail message could not be e-mailed");
});

test("a letter to a customer: its words as they are, a subject of one line; without a relay it is told that nobody has it", async (t) => {
  const at = await relay();
  const options = { from: "Halo <telephone@halo.example>", zone: "Europe/Paris", log: silentLog };
  const [there, nowhere] = [startMail({ ...options, smtpUrl: `smtp://127.0.0.1:${at.port}` }), startMail({ ...options, smtpUrl: "smtp://127.0.0.1:9" })];
  t.after(() => {
    there.stop();
    nowhere.stop();
    at.close();
  });
  assert.equal(await there.letter("camille@exemple.fr", "Votre appel\r\nBcc: x@y", "https://rappel.exemple.fr/callback/abc\n"), true);
  const { to, text } = await at.mail;
  assert.equal(to, "<camille@exemple.fr>");
  assert.doesNotMatch(text.split("\r\n\r\n")[0]!, /^Bcc/im);
  assert.match(text, /https:\/\/rappel\.exemple\.fr\/callback\/abc/);
  assert.equal(await nowhere.letter("camille@exemple.fr", "Votre appel", "…"), false);
});
