/**
 * What a site embeds: <script src="https://your-tandem/widget/tandem.js" data-tandem async></script>
 * Options: data-lang (fr, en; else the page's), data-color (#rrggbb, your brand), data-title (your name), data-theme (light, dark;
 * else the page's own color-scheme), data-queue (whose hours and options hold), data-app and data-terminal (what carries the page),
 * data-position (asks for the position; its value says why). Then window.Tandem has open(), close(), call() and setPage({ about: { … } }).
 */
import { h, render } from "preact";
import type { PageContext } from "@tandem/protocol";
import { Call } from "./call.ts";
import { Device } from "./device.ts";
import type { SocketLike } from "./link.ts";
import { Offer } from "./offer.ts";
import { Session } from "./session.ts";
import { serverOf } from "./server.ts";
import { memoryStorage, Store } from "./store.ts";
import type { KeyValue } from "./store.ts";
import { brandOf } from "./brand.ts";
import { WORDS } from "./words.ts";
import type { Lang } from "./words.ts";
import { App } from "./ui/app.tsx";
import type { Model } from "./ui/model.ts";
import css from "./ui/style.css?inline";

/** Queues open, close and fill up while the panel stays open. */
const LOOK_AGAIN_MS = 60_000;

export interface TandemApi {
  open(): void;
  close(): void;
  call(): void;
  /** What the page says of itself (product, price …), shown to the agent; replaces what was said before. */
  setPage(page: { about: Record<string, string> }): void;
}

declare global {
  interface Window {
    Tandem?: TandemApi;
  }
}

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : document.querySelector<HTMLScriptElement>("script[data-tandem]");

// Twice on one page (a tag manager's classic): the first one stays.
if (script !== null && window.Tandem === undefined) {
  window.Tandem = start(script);
  // For the page's own script, which may have run before this one.
  dispatchEvent(new Event("tandem:ready"));
}

function start(script: HTMLScriptElement): TandemApi {
  const base = script.src;
  const host = document.createElement("tandem-widget");
  const language = (): Lang => langOf(script.dataset["lang"] || document.documentElement.lang || navigator.language);
  let about: Record<string, string> = {};
  const page = (): PageContext => ({
    url: location.href.slice(0, 2000),
    title: document.title.slice(0, 300),
    referrer: document.referrer.slice(0, 2000),
    about,
    device: device.context(),
  });
  const device = new Device(
    {
      userAgent: navigator.userAgent,
      small: () => matchMedia("(max-width: 480px)").matches,
      screen: () => screen,
      app: () => script.dataset["app"] ?? "",
      terminal: () => script.dataset["terminal"] ?? "",
      geolocation: window.isSecureContext && "geolocation" in navigator ? navigator.geolocation : null,
    },
    () => {
      session.pageChanged();
      notify();
    },
  );

  const server = serverOf(base);
  const store = new Store(pageStorage(), new URL(base).host);
  const session = new Session(
    {
      now: () => Date.now(),
      after: (ms, fire) => {
        const timer = setTimeout(fire, ms);
        return () => clearTimeout(timer);
      },
      random: () => Math.random(),
      openSocket: () => openSocket(server.streamUrl),
      newClientId,
      page,
      language,
    },
    store,
  );
  const call = new Call({ now: () => Date.now(), server, token: () => session.token(), page, language, chunkUrl: new URL("./tandem-call.js", base).href }, () => {
    // What was chosen goes with one call, and with its next try.
    if (call.view.phase === "idle") device.choose(null);
    notify();
  });
  const offer = new Offer(
    {
      server, store, language,
      token: () => session.token(),
      channel: () => device.channel,
      queue: () => script.dataset["queue"] || null,
      says: () => ({ app: script.dataset["app"] ?? "", device: deviceName(navigator.userAgent) }),
    },
    () => notify(),
  );

  const listeners = new Set<() => void>();
  const notify = (): void => {
    for (const listener of listeners) listener();
  };
  let open = false;
  let asked = false;
  let looking = 0;
  const model: Model = {
    host, session, call, server, store, device, offer, language,
    get callOffered() {
      return offer.view.now === null ? session.view.callOffered : offer.option("call") !== null;
    },
    words: () => WORDS[language()],
    positionReason: () => (device.canLocate ? (script.dataset["position"] ?? null) : null),
    loadMore: () => import(/* @vite-ignore */ new URL("./tandem-more.js", base).href) as Promise<typeof import("./more-chunk.tsx")>,
    startCall: (chosen) => {
      if (call.live) return;
      const option = chosen === undefined ? null : offer.option(chosen);
      device.choose(option && { option: option.kind, queueId: option.queueId });
      void call.start();
    },
    title: () => script.dataset["title"] || session.view.centreName || location.hostname,
    get open() {
      return open;
    },
    get asked() {
      return asked;
    },
    setOpen(value, kept = false) {
      if (value === open) return;
      open = value;
      asked = !kept;
      store.open = value;
      session.setOpen(value);
      clearInterval(looking);
      if (value) {
        loadFont(base);
        void offer.refresh();
        looking = window.setInterval(() => document.visibilityState === "visible" && void offer.refresh(), LOOK_AGAIN_MS);
      }
      notify();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  session.subscribe(notify);

  addEventListener("online", () => session.networkBack());
  addEventListener("pageshow", () => session.networkBack());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") {
      session.networkBack();
      if (open) void offer.refresh(); // a tab left open over night
    }
    notify();
  });
  addEventListener("storage", (event) => {
    if (store.owns(event.key)) session.storageChanged();
  });
  addEventListener("beforeunload", (event) => {
    if (call.live) event.preventDefault();
  });

  // A site that changes its language without a reload.
  new MutationObserver(() => {
    if (open) void offer.refresh();
    notify();
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });

  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  const brand = brandOf(script.dataset["color"]);
  host.style.setProperty("--brand", brand.color);
  host.style.setProperty("--on-brand", brand.on);
  const theme = script.dataset["theme"];
  if (theme === "light" || theme === "dark") host.style.colorScheme = theme;
  const mount = document.createElement("div");
  root.append(mount);
  if (device.kind === "tv") void (import(/* @vite-ignore */ new URL("./tandem-tv.js", base).href) as Promise<typeof import("./remote-control.ts")>).then(({ remoteControl }) => remoteControl(model));
  const attach = (): void => {
    document.body.append(host);
    // A panel left open on the page before stays open on this one, but never on a phone, where it would hide the page.
    if (store.open && !matchMedia("(max-width: 480px)").matches) model.setOpen(true, true);
    render(h(App, { model }), mount);
  };
  if (document.body !== null) attach();
  else document.addEventListener("DOMContentLoaded", attach);

  return {
    open: () => model.setOpen(true),
    close: () => model.setOpen(false),
    call: () => {
      model.setOpen(true);
      // Outside hours the panel says what there is instead.
      if (offer.view.now === null || model.callOffered) model.startCall();
    },
    setPage: (given) => {
      about = Object.fromEntries(Object.entries(given.about).slice(0, 20).map(([k, v]) => [k.slice(0, 40), String(v).slice(0, 200)]));
      session.pageChanged();
    },
  };
}

function openSocket(url: string): SocketLike {
  const real = new WebSocket(url);
  const socket: SocketLike = { send: (data) => real.send(data), close: () => real.close(), opened: null, heard: null, closed: null };
  real.addEventListener("open", () => socket.opened?.());
  real.addEventListener("message", (event) => socket.heard?.(event.data));
  real.addEventListener("close", () => socket.closed?.());
  return socket;
}

/** In the words of whoever reads the e-mail: the system of the device. */
function deviceName(userAgent: string): string {
  return /iPhone|iPad|Android [\d.]+|Windows|Mac OS X|CrOS|Linux/.exec(userAgent)?.[0] ?? "";
}

function langOf(tag: string): Lang {
  return tag.toLowerCase().startsWith("fr") ? "fr" : "en";
}

function pageStorage(): KeyValue {
  try {
    return window.localStorage;
  } catch {
    return memoryStorage(); // forbidden by the browser: reading the property throws
  }
}

/** 16 bytes of chance in hexadecimal; randomUUID would be missing on pages without https. */
function newClientId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
}

/** A font face cannot be declared inside a shadow root; under a name of ours it cannot touch the site's own. */
function loadFont(base: string): void {
  if ([...document.fonts].some((f) => f.family === "Tandem Geist")) return;
  const face = new FontFace("Tandem Geist", `url("${new URL("./geist.woff2", base).href}") format("woff2")`, { weight: "100 900", display: "swap" });
  document.fonts.add(face);
}
