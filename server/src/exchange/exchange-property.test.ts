import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { breathe } from "../voice/fakes.ts";
import { group, openHouse, writeTake } from "./test-house.ts";

const ACTS = [
  "dial", "dial", "dial", "stranger", "replaces", "join", "cancel", "bye", "bye", "lost", "ringing", "early", "answer", "answer", "answer", "busy", "declined", "moved", "failed",
  "hold", "refer", "refer", "attended", "attended", "release", "release", "release", "refuseNext", "time", "longTime", "listen", "listen", "mediaLost", "key", "record", "toggle", "choose", "clickToDial", "merge", "meeting", "crash",
] as const;
const DIALLED = ["201", "202", "203", "204", "301", "302", "303", "705", "400", "400", "401", "500", "501", "*3", "*5", "*8", "*8202", "**203", "*97", "700", "*98", "*66", "*69", "*78", "*79", "*21*203#", "#21#", "0612345678", "3000", "112", "*01"];
const ACCOUNTS = ["lea", "marc", "nora", "otto"];

test("property: whatever crosses whatever, no leg is left or ended twice, bridges are pairs, and at rest everybody is free", async () => {
  const act = fc.tuple(fc.constantFrom(...ACTS), fc.nat(63), fc.nat(63));
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(act, { minLength: 5, maxLength: 150, size: "max" }), async (slow, acts) => {
      const house = await openHouse();
      const { sip, media, exchange } = house;
      try {
        house.config.rows[1]!.callerNumber = "+33170000202";
        house.config.groupRows = [group("301", "all", ["e201", "e202", "e203"], { to: "number", number: "204" }), group("302", "hunt", ["e202", "e203"], { to: "voicemail", extensionId: "e202" }), group("303", "round", ["e201", "e204"])];
        house.config.chosen.set("e202", { ...house.config.as().choices("e202"), voicemail: { on: true, email: null, pin: "4711" } });
        house.config.roomRows = [{ id: "r400", number: "400", name: "Salle", pin: null, moderatorPin: null, maxMembers: 5 }, { id: "r401", number: "401", name: "Conseil", pin: "4", moderatorPin: "45", maxMembers: 3 }];
        house.config.pageRows = [{ id: "p500", number: "500", name: "Annonce", extensionIds: ["e201", "e202", "e203", "e204"], twoWay: false }, { id: "p501", number: "501", name: "Atelier", extensionIds: ["e203", "e204"], twoWay: true }];
        house.trunks.outside = { ok: true, e164: "+33612345678", attempts: [house.trunks.attempt("t1"), house.trunks.attempt("t2")] };
        media.slow = slow;
        for (const [name, x, y] of acts) {
          const refs = sip.alive().map((dialog) => dialog.ref);
          const ref = refs[x % Math.max(1, refs.length)] ?? "none";
          const other = refs[y % Math.max(1, refs.length)] ?? "none";
          const account = ACCOUNTS[x % 4]!;
          const dialled = DIALLED[y % DIALLED.length]!;
          const up = sip.dialogs.get(ref)?.state === "up";
          switch (name) {
            case "dial": house.dial(account, dialled); break;
            case "stranger": sip.incoming("0170000202", { from: y % 2 ? "+33611111111" : "anonymous" }); break;
            case "replaces": house.dial(account, "202", { replaces: other }); break;
            case "join": house.dial(account, "202", { join: other }); break;
            case "cancel": case "bye": case "lost": case "ringing": case "answer": sip.peer(ref, name); break;
            case "early": if (sip.dialogs.get(ref)?.state === "inviting") sip.hear({ type: "ringing", ref, status: 183, sdp: "early" }); break;
            case "busy": sip.peer(ref, { fail: 486 }); break;
            case "declined": sip.peer(ref, { fail: 603 }); break;
            case "failed": sip.peer(ref, { fail: 503 }); break;
            case "moved":
              if (sip.dialogs.get(ref)?.state !== "inviting") break;
              sip.dialogs.get(ref)!.state = "gone";
              sip.hear({ type: "failed", ref, status: 302, reason: "", contacts: [{ uri: `sip:${dialled}@x`, user: dialled, host: "x" }] });
              break;
            case "hold": media.remoteHolds = y % 2 === 0; sip.peer(ref, "offer"); break;
            case "refer": if (up) house.refer(ref, dialled); break;
            case "attended": if (up) house.refer(ref, dialled, other); break;
            case "release": media.release(x); break;
            case "refuseNext": media.refuseNext = 488; break;
            case "time": house.clock.advance(y * 100); break;
            case "longTime": house.clock.advance(y * 4_000); break;
            case "listen": media.tell({ type: "mediaStarted", id: ref }); media.finishPlay(ref); break;
            case "mediaLost": if (media.endpoints.has(ref)) media.tell({ type: "mediaLost", id: ref, silentMs: 10_000 }); break;
            case "key": if (up) sip.hear({ type: "digit", ref, digit: "179#*204456"[y % 11]!, durationMs: 100 }); break;
            case "record": for (const [id, { paths }] of media.recordings) { writeTake(paths.mixed); media.stopRecording(id); } break;
            case "toggle": sip.registered.set(account, (sip.registered.get(account) ?? []).length > 0 ? [] : ["phone"]); break;
            case "choose":
              house.config.chosen.set(`e20${1 + (x % 4)}`, {
                doNotDisturb: y % 5 === 0, voicemail: { on: y % 2 === 0, email: null, pin: null },
                forward: { always: null, busy: y % 3 === 0 ? { to: "number", number: dialled } : null, noAnswer: { to: "number", number: DIALLED[x % DIALLED.length]! }, unreachable: null },
              });
              break;
            case "merge": exchange.meetings.merge(house.config.rows[x % 4]!); break;
            case "meeting": {
              const view = exchange.meetings.views()[x % Math.max(1, exchange.meetings.views().length)];
              const meeting = view && exchange.meetings.meeting(view.id);
              const member = view?.members[y % view.members.length]?.ref;
              if (!meeting || member === undefined) break;
              if (y % 4 === 0) meeting.kick(member);
              else if (y % 4 === 1) meeting.mute(member, x % 2 === 0);
              else if (y % 4 === 2) meeting.muteAll(x % 2 === 0);
              else meeting.lock(x % 2 === 0);
              break;
            }
            case "crash": media.crash(); break;
            case "clickToDial": exchange.dial(`e20${1 + (x % 4)}`, dialled, null); break;
          }
          await breathe();
          for (const [id, endpoint] of media.endpoints) if (endpoint.bridgedTo !== null) assert.equal(media.endpoints.get(endpoint.bridgedTo)?.bridgedTo, id, "a bridge has two ends");
          for (const party of exchange.ground.parties.all()) assert.notEqual(party.phase, "gone", "who is gone is not kept");
          const seated = [...media.mixes.values()].flat().map(({ id }) => id);
          assert.equal(new Set(seated).size, seated.length, "nobody sits in two mixes");
          for (const { id, members } of exchange.meetings.views()) assert.deepEqual((media.mixes.get(id) ?? []).map((member) => member.id), members.map((member) => member.ref), "who is in a meeting is in its mix");
          for (const party of exchange.ground.parties.all()) if (party.bridged) assert.equal(party.bridged.bridged, party);
        }
        // What went on to the centre, also in these last moments, is the centre's to end.
        const releaseAll = async (): Promise<void> => {
          while (media.waiting.length > 0) {
            media.release();
            await breathe();
          }
          for (const given of house.given) {
            media.close(given.ref);
            house.trunks.ended(given.ref); // as app/trunk-setup.ts does when the leg ends there
            sip.dialogs.get(given.ref)!.state = "gone";
          }
        };
        await releaseAll();
        assert.deepEqual(sip.alive().filter(({ asked }) => asked).map(({ ref }) => ref), [], "whoever asked for a hold has an answer");
        // Half of the times everybody hangs up, else the server stops in the middle of it all.
        if (acts.length % 2 === 0) {
          for (let round = 0; round < 30 && (exchange.counts().parties > 0 || house.timers() > 0); round++) {
            for (const { ref, direction, state } of sip.alive()) sip.peer(ref, state === "up" ? "bye" : direction === "in" ? "cancel" : { fail: 486 });
            await breathe();
            await releaseAll();
            house.clock.advance(10_000);
            await breathe();
          }
          assert.deepEqual(exchange.counts(), { meetings: 0, parties: 0, legs: 0, ringing: 0, takes: 0, calls: 0 }, "everybody has hung up");
        }
        const stopped = exchange.stop();
        for (const id of media.recordings.keys()) media.stopRecording(id);
        await breathe();
        await releaseAll();
        house.clock.advance(3_600_000);
        await stopped;
        assert.deepEqual(exchange.counts(), { meetings: 0, parties: 0, legs: 0, ringing: 0, takes: 0, calls: 0 }, "nothing is left");
        assert.deepEqual(sip.alive().filter(({ ref, direction }) => direction === "out" || !isRefusedElsewhere(ref)).map(({ ref }) => ref), [], "every dialog is over");
        assert.deepEqual([...media.endpoints.keys()], [], "every endpoint is closed");
        assert.deepEqual([...media.mixes.keys()], [], "no mix is left");
        assert.deepEqual([...house.trunks.live], [], "no call is counted on a trunk any more");
        assert.equal(house.timers(), 0, "no timer is left");
        for (const number of ["201", "202", "203", "204"]) assert.ok(!["busy", "ringing"].includes(exchange.state(`e${number}`)), `${number} is ${exchange.state(`e${number}`)}`);
        const ends = sip.commands.filter((command) => command.type === "reject").map(({ ref }) => ref);
        assert.equal(new Set(ends).size, ends.length, "nobody is refused twice");
        assert.equal(new Set(house.records.map(({ id }) => id)).size, house.records.length, "no call is written twice");
      } finally {
        house.close();
      }

      /** What the exchange did not take (a number of nobody) is the centre's to answer, which is not there. */
      function isRefusedElsewhere(ref: string): boolean {
        return !sip.commands.some((command) => "ref" in command && command.ref === ref);
      }
    }),
    { numRuns: 200 },
  );
});
