/**
 * A customer whom an agent of the centre hands over from a desk phone (REFER) to an extension of somebody who is no agent: real
 * telephones (baresip), each with a tone of its own; and back to the queue when nobody answers there.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../api/test-client.ts";
import type { Baresip } from "./baresip.ts";
import { hearsFor, toneMs } from "./phone-sound.ts";
import { DOMAIN, must, putQueue, startExchangeRig, type ExchangeRig } from "./test-exchange-rig.ts";

const ANA_HZ = 440;
const LEA_HZ = 1_000;
const MARC_HZ = 620;
const says = { sounds: { fr: "Un instant.", en: "One moment." } };

let rig: ExchangeRig;
let ana: Baresip;
let lea: Baresip;
let marc: Baresip;

before(async () => {
  rig = await startExchangeRig(
    [{ login: "ana", number: "209", freqHz: ANA_HZ }, { login: "lea", number: "201", freqHz: LEA_HZ }, { login: "marc", number: "202", freqHz: MARC_HZ, more: { ringMs: 5_000 } }],
    async (config, ids, directory) => {
      const user = (login: string) => directory.users().find((one) => one.login === login)!;
      // an administrator first: without one no user may be without the role
      must(await directory.putUser(null, { ...user("ana"), login: "nora", name: "Nora", roles: ["administrator"] }));
      for (const login of ["ana", "marc"]) must(await directory.putUser(user(login).id, { ...user(login), roles: [] }));
      await directory.setWish(user("lea").id, "available");
      const queueId = await putQueue(directory, "SAV", { wrapMs: 2_000 });
      const definition = {
        id: "f", name: "F", version: 1, languages: ["fr", "en"], start: "a", reachHuman: { queueId, says, label: { fr: "Un conseiller", en: "An adviser" }, words: ["conseiller"] }, retry: { wrong: says, silence: says },
        steps: { a: { kind: "branch", cases: [{ when: "false", next: "b" }], otherwise: "a" }, b: { kind: "end" } },
      };
      await directory.putFlow({ id: "f", name: "F", version: 1, definition });
      must(await directory.putNumber(null, { number: "3000", label: "SAV", flowId: "f", language: "fr" }));
      // a mailbox that would take whoever waits: a customer of the centre's never ends there
      await config.setChoices(ids.get("marc")!, { ...config.choices(ids.get("marc")!), voicemail: { on: true, email: null, pin: null } });
    },
  );
  [ana, lea, marc] = await Promise.all([rig.phone("ana"), rig.phone("lea"), rig.phone("marc")]);
});

after(async () => {
  await Promise.all([ana?.stop(), lea?.stop(), marc?.stop()]);
  await rig?.stop();
});

/** The customer calls the centre and talks to the agent. */
async function served(): Promise<void> {
  const rings = lea.next("CALL_INCOMING");
  ana.command("dial", `sip:3000@${DOMAIN}`);
  await rings;
  const up = lea.next("CALL_ESTABLISHED");
  lea.command("accept");
  await up;
  await hearsFor(ana, LEA_HZ, 700);
}

interface Contact extends Record<string, unknown> {
  id: string;
  state: string;
  handed: { name: string; number: string; returned?: { why: string; asInteractionId: string } } | null;
  ended: string | null;
  recordings: number;
  priority: number | null;
}
const contacts = (): Promise<Contact[]> =>
  rig.query<Contact>(`SELECT id, body->>'state' AS state, body->'handedTo' AS handed, coalesce(body->'closed'->>'why', body->>'endedWhy') AS ended,
    jsonb_array_length(body->'recordings') AS recordings, (body->'queue'->>'priority')::int AS priority FROM interaction ORDER BY body->>'createdAtMs'`);

test("REFER from the agent's phone to somebody who is no agent: they talk, the agent wraps up at once, the recording ends there", async () => {
  await served();
  const [rings, free] = [marc.next("CALL_INCOMING"), lea.next("CALL_CLOSED")];
  lea.command("transfer", `sip:202@${DOMAIN}`);
  await Promise.all([rings, free]);
  await until("the agent wraps up while it rings there", async () => (await contacts())[0]?.ended === "handed-over");
  const up = marc.next("CALL_ESTABLISHED");
  marc.command("accept");
  await up;
  await Promise.all([hearsFor(ana, MARC_HZ, 1_100), hearsFor(marc, ANA_HZ, 1_100)]);
  const over = ana.next("CALL_CLOSED");
  marc.command("hangup");
  await over;
  await until("recording and wrap-up over", async () => (await contacts())[0]?.state === "closed" && (await contacts())[0]?.recordings === 1);
  const [contact, ...others] = await contacts();
  assert.deepEqual([contact?.ended, contact?.handed?.name, contact?.handed?.number, contact?.handed?.returned, others], ["handed-over", "Marc", "202", undefined, []]);
  const heard = { ana: [toneMs(ana.heard(), LEA_HZ), toneMs(ana.heard(), MARC_HZ)], marc: toneMs(marc.heard(), ANA_HZ), lea: toneMs(lea.heard(), MARC_HZ) };
  assert.ok(heard.ana[0]! > 500 && heard.ana[1]! > 1_000 && heard.marc > 1_000 && heard.lea === 0, JSON.stringify(heard));
  const lines = await rig.query<{ result: string; to_number: string }>("SELECT result, to_number FROM call_record");
  assert.deepEqual(lines, [{ result: "answered", to_number: "202" }]);
});

test("nobody answers there: the customer is back in the queue, dearer, and the agent has them again; no mailbox took them", async () => {
  await served();
  const [rings, missed] = [marc.next("CALL_INCOMING"), marc.next("CALL_CLOSED")];
  lea.command("transfer", `sip:202@${DOMAIN}`);
  await rings;
  const again = lea.next("CALL_INCOMING");
  await missed;
  await again; // once the wrap-up is over
  const up = lea.next("CALL_ESTABLISHED");
  lea.command("accept");
  await up;
  await hearsFor(ana, LEA_HZ, 1_600);
  const [, given, back] = await contacts();
  assert.deepEqual([given?.ended, given?.handed?.returned], ["handed-over", { why: "no-answer", asInteractionId: back?.id }]);
  assert.deepEqual([back?.state, back?.priority, given?.priority], ["connected", (given?.priority ?? 0) + 1, given?.priority]);
  const over = ana.next("CALL_CLOSED");
  lea.command("hangup");
  await over;
  assert.ok(toneMs(ana.heard(), LEA_HZ) > 1_500, "one call of the customer's, the agent twice in it");
  assert.deepEqual(await rig.query("SELECT id FROM voicemail"), []);
  const facts = await rig.query<{ type: string }>(`SELECT type FROM fact WHERE interaction_id = '${back!.id}' ORDER BY seq`);
  assert.deepEqual(facts.map(({ type }) => type).slice(0, 3), ["arrived", "customerIdentified", "continued"], "no menu");
});
