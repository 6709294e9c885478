/** What this device says of itself with a chat or a call: read from the browser, named by the page (data-app, data-terminal), and the position only once the visitor agreed. */
import type { DeviceContext, DevicePosition } from "@tandem/protocol/device";
import type { ChosenOption } from "@tandem/protocol/hours";

export type LocateState = "idle" | "asking" | "shared" | "refused" | "unknown";

export interface DevicePorts {
  userAgent: string;
  /** The widget fills the screen: its shape on a telephone. */
  small(): boolean;
  screen(): { width: number; height: number };
  /** Name and version of the application around the page, as `Halo 4.2.1`; "" = none. */
  app(): string;
  terminal(): string;
  /** Null: this browser cannot tell, or not on this page. */
  geolocation: Pick<Geolocation, "getCurrentPosition"> | null;
}

/** A position of a minute ago is good enough, and comes at once. */
const POSITION = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 } as const;
const TV = /\b(?:smart-?tv|hbbtv|tizen|web0s|appletv|googletv|bravia|crkey)\b/i;
const TABLET = /\b(?:ipad|tablet|playbook|silk)\b/i;

export function kindOf(userAgent: string, small: boolean): DeviceContext["kind"] {
  if (TV.test(userAgent)) return "tv";
  if (small || /\b(?:mobi|mobile|iphone|ipod)\b/i.test(userAgent)) return "mobile";
  return TABLET.test(userAgent) || /android/i.test(userAgent) ? "tablet" : "desktop";
}

export class Device {
  readonly #ports: DevicePorts;
  readonly #changed: () => void;
  #position: DevicePosition | null = null;
  #chosen: { option: ChosenOption; queueId: string } | null = null;
  #state: LocateState = "idle";
  /** Rises when the visitor takes the consent back: what comes late is thrown away. */
  #asked = 0;

  constructor(ports: DevicePorts, changed: () => void) {
    this.#ports = ports;
    this.#changed = changed;
  }

  get located(): LocateState {
    return this.#state;
  }

  get canLocate(): boolean {
    return this.#ports.geolocation !== null;
  }

  get kind(): DeviceContext["kind"] {
    return kindOf(this.#ports.userAgent, this.#ports.small());
  }

  get channel(): "web" | "mobile" {
    return this.kind === "mobile" ? "mobile" : "web";
  }

  /** The option that the next call carries out (a voicemail); null = an ordinary call. */
  choose(chosen: { option: ChosenOption; queueId: string } | null): void {
    this.#chosen = chosen;
  }

  context(): DeviceContext {
    const { userAgent } = this.#ports;
    const { width, height } = this.#ports.screen();
    const app = /^(?<name>.*?)(?: +v?(?<version>\d\S*))?$/.exec(this.#ports.app().trim())?.groups;
    const terminal = this.#ports.terminal().slice(0, 80);
    return {
      kind: this.kind,
      userAgent: userAgent.slice(0, 300),
      screen: { width: Math.round(width), height: Math.round(height) },
      ...(app?.["name"] && { app: { name: app["name"].slice(0, 60), version: (app["version"] ?? "").slice(0, 40) } }),
      ...(terminal !== "" && { terminal }),
      ...(this.#position && { position: this.#position }),
      ...(this.#chosen && { chosen: this.#chosen.option, chosenQueue: this.#chosen.queueId }),
    };
  }

  /** Asked for by a button under its reason: the browser then asks for itself. */
  locate(): void {
    const { geolocation } = this.#ports;
    if (geolocation === null || this.#state === "asking") return;
    const asked = ++this.#asked;
    this.#show("asking", null);
    geolocation.getCurrentPosition(
      ({ coords, timestamp }) => {
        if (asked === this.#asked) this.#show("shared", { latitude: coords.latitude, longitude: coords.longitude, accuracyM: Math.min(coords.accuracy, 1_000_000), atMs: timestamp });
      },
      ({ code, PERMISSION_DENIED }) => {
        if (asked === this.#asked) this.#show(code === PERMISSION_DENIED ? "refused" : "unknown", null);
      },
      POSITION,
    );
  }

  forget(): void {
    this.#asked++;
    this.#show("idle", null);
  }

  #show(state: LocateState, position: DevicePosition | null): void {
    this.#state = state;
    this.#position = position;
    this.#changed();
  }
}
