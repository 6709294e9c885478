/** For this room's tests: the voice on fakes of SIP and media, time by hand, two agents with a browser and a phone each. */
import assert from "node:assert/strict";
import { seededChance } from "../base/chance.ts";
import { silentLog } from "../base/log.ts";
import { VirtualClock } from "../base/virtual-clock.ts";
import type { ChannelEvent } from "../hub/hub.ts";
import { breathe, countingClock, FakeMedia, FakeSip } from "./fakes.ts";
import { createVoice, type Voice } from "./voice.ts";

const START_MS = Date.UTC(2026, 10, 21, 12);
/** What an agent is shown of a caller. */
export const CONTEXT = { callerName: 'Ana\r\nEvil: "x"', callerNumber: "+33611", queueName: "Support", ringMs: 20_000 };

export interface VoiceDesk {
  sip: FakeSip;
  media: FakeMedia;
  virtual: VirtualClock;
  voice: Voice;
  told: ChannelEvent[];
  /** Texts that cannot be spoken. */
  brokenPrompts: Set<string>;
  events(...types: ChannelEvent["type"][]): ChannelEvent[];
  statusOf(ref: string): number | undefined;
  /** A caller whose call was opened and who hears us. */
  arrived(): Promise<{ id: string; ref: string }>;
  /** Leg of an agent's device that rings for a call. */
  device(account: string): string;
  /** A caller in conversation, recorded, with the agent at their telephone. */
  connected(agentId?: string): Promise<{ id: string; ref: string; agentRef: string }>;
  nothingLeft(): Promise<void>;
}

export function openVoice(): VoiceDesk {
  const sip = new FakeSip();
  const media = new FakeMedia();
  const virtual = new VirtualClock(START_MS);
  const clock = countingClock(virtual);
  const told: ChannelEvent[] = [];
  const brokenPrompts = new Set<string>();
  let ids = 0;
  const voice = createVoice({
    sip, media, clock, chance: seededChance(1), log: silentLog, recordingDir: "/rec",
    prompts: {
      promptPath: async (text, language) => {
        if (brokenPrompts.has(text)) throw new Error("no voice");
        return `/p/${language}/${text}.wav`;
      },
      holdMusicPath: async () => "/p/music.wav", atSpeed: async (path) => path,
    },
    tell: (event) => void told.push(event),
    accountsOf: (agentId) => [{ account: `web-${agentId}`, kind: "browser" }, { account: `desk-${agentId}`, kind: "phone" }],
    partyOf: (ref) => (ref === "leg-of-the-exchange" ? "usr_carla" : null),
    agentOf: (account) => (account.startsWith("desk-") ? account.slice(5) : null),
    resolveNumber: (user) => (user === "3000" ? { kind: "number", number: "3000" } : { kind: "none" }),
    visitorOf: (account) => (account === "visitor-1" ? { visitorId: "vis_1", name: "Vera", language: "en", context: { page: "Lampes" } } : null),
    newInteractionId: () => `int_${++ids}`,
    maxCalls: 3,
  });
  sip.hear = (event) => voice.onSip(event);
  for (const agent of ["ana", "bob"]) {
    sip.registered.set(`web-${agent}`, ["browser"]);
    sip.registered.set(`desk-${agent}`, ["phone"]);
  }

  function events(...types: ChannelEvent["type"][]): ChannelEvent[] {
    return told.filter((event) => types.includes(event.type));
  }

  function statusOf(ref: string): number | undefined {
    const reject = sip.commands.find((command) => command.type === "reject" && command.ref === ref);
    return reject?.type === "reject" ? reject.status : undefined;
  }

  async function arrived(): Promise<{ id: string; ref: string }> {
    const ref = sip.incoming("3000", { display: "Ana" });
    const event = told.at(-1);
    assert.ok(event?.type === "arrived");
    voice.open(event.id);
    await breathe();
    media.tell({ type: "mediaStarted", id: ref });
    return { id: event.id, ref };
  }

  function device(account: string): string {
    const dialog = [...sip.dialogs.values()].findLast((one) => one.account === account);
    assert.ok(dialog, `nothing rings at ${account}`);
    return dialog.ref;
  }

  async function connected(agentId = "ana"): Promise<{ id: string; ref: string; agentRef: string }> {
    const call = await arrived();
    voice.wait(call.id);
    voice.ring(call.id, agentId, CONTEXT);
    await breathe();
    const agentRef = device(`desk-${agentId}`);
    sip.peer(agentRef, "answer");
    await breathe();
    voice.connect(call.id, agentId);
    voice.record(call.id, "start");
    return { ...call, agentRef };
  }

  async function nothingLeft(): Promise<void> {
    while (media.waiting.length > 0) {
      media.release();
      await breathe();
    }
    assert.deepEqual(voice.counts(), { calls: 0, legs: 0, recordings: 0 });
    assert.deepEqual(sip.alive(), []);
    assert.equal(media.endpoints.size, 0);
    assert.equal(media.recordings.size, 0);
    assert.equal(clock.pending(), 0);
  }

  return { sip, media, virtual, voice, told, brokenPrompts, events, statusOf, arrived, device, connected, nothingLeft };
}
