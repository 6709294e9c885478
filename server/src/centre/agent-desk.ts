import type { Clock } from "../base/clock.ts";
import type { Acd } from "../acd/acd.ts";

/** A desktop that says nothing for so long is taken for gone: closed lid, dead network, crashed tab. */
export const DESKTOP_GONE_MS = 45_000;

interface DeskOptions {
  clock: Clock;
  acd: Acd;
  writtenMedia: readonly string[];
  deviceMedia: readonly string[];
  run: (work: () => void) => void;
  gone: (agentId: string) => void;
  changed: (agentId: string) => void;
}

interface Desk {
  /** Live desktop sockets. */
  open: number;
  /** "elsewhere": on a call that is none of the centre's. */
  voiceDevice: "none" | "elsewhere" | "free";
  goneTimer: (() => void) | null;
}

/** Who is there: desktops open, devices registered. Tells routing what can reach an agent, and when an agent is gone. */
export class AgentDesks {
  readonly #desks = new Map<string, Desk>();
  readonly #options: DeskOptions;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  opened(agentId: string): void {
    const desk = this.#desk(agentId);
    desk.open++;
    desk.goneTimer?.();
    desk.goneTimer = null;
    this.#tell(agentId, desk);
  }

  closed(agentId: string): void {
    const desk = this.#desk(agentId);
    desk.open = Math.max(0, desk.open - 1);
    if (desk.open > 0) return;
    this.awaitReturn(agentId);
  }

  /** Nobody is lost with a desktop that went away: after a grace period its contacts go to others. */
  awaitReturn(agentId: string): void {
    const desk = this.#desk(agentId);
    const { clock, run, gone } = this.#options;
    desk.goneTimer?.();
    desk.goneTimer = clock.after(DESKTOP_GONE_MS, () =>
      run(() => {
        desk.goneTimer = null;
        if (desk.open > 0) return;
        this.#tell(agentId, desk);
        gone(agentId);
      }),
    );
  }

  setVoiceDevice(agentId: string, there: boolean, elsewhere: boolean): void {
    const desk = this.#desk(agentId);
    const voiceDevice = !there ? "none" : elsewhere ? "elsewhere" : "free";
    if (desk.voiceDevice === voiceDevice) return;
    desk.voiceDevice = voiceDevice;
    this.#tell(agentId, desk);
  }

  here(agentId: string): boolean {
    return this.#desk(agentId).open > 0;
  }

  stop(): void {
    for (const desk of this.#desks.values()) desk.goneTimer?.();
  }

  #desk(agentId: string): Desk {
    let desk = this.#desks.get(agentId);
    if (!desk) this.#desks.set(agentId, (desk = { open: 0, voiceDevice: "none", goneTimer: null }));
    return desk;
  }

  #tell(agentId: string, desk: Desk): void {
    const { acd, clock, writtenMedia, deviceMedia, changed } = this.#options;
    const media = [...(desk.open > 0 ? writtenMedia : []), ...(desk.voiceDevice === "free" ? deviceMedia : [])];
    acd.setDevices(agentId, media, clock.now(), desk.voiceDevice === "elsewhere" ? deviceMedia : []);
    changed(agentId);
  }
}
