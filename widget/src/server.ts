/** The commands beside the stream, and where they are: relative to the script's own address, so that any path prefix works. */
import type { PageContext, WidgetCall } from "@tandem/protocol";
import type { CallbackOffer, CustomerCallback, MoveCallback, WidgetCallback, WidgetCallbackMade } from "@tandem/protocol/callback";
import type { WidgetOptions } from "@tandem/protocol/hours";

/** `network`: nothing came back. Any other code is the server's refusal. */
export type Answered<T> = { ok: true; value: T } | { ok: false; code: string };

export interface Server {
  streamUrl: string;
  /** ws(s) URL of a path given by the server. */
  socketUrl(path: string): string;
  rate(token: string, interactionId: string, score: number, comment: string): Promise<boolean>;
  /** Null when the server does not offer a call now. */
  call(token: string, page: PageContext, language: "fr" | "en"): Promise<WidgetCall | null>;
  /** Null = it could not be asked: the page offers what it knows. */
  options(asked: { channel: "web" | "mobile"; language: "fr" | "en"; queue: string | null; app: string; device: string }): Promise<WidgetOptions | null>;
  slots(queueId: string, language: "fr" | "en"): Promise<CallbackOffer | null>;
  /** The page where whoever has this link reads, moves or cancels the promise. */
  promisePage(token: string): string;
  book(wanted: WidgetCallback): Promise<Answered<WidgetCallbackMade>>;
  promise(token: string): Promise<Answered<CustomerCallback>>;
  change(token: string, change: MoveCallback | { cancel: true }): Promise<Answered<CustomerCallback>>;
}

/** `scriptUrl` is that of tandem.js, e.g. https://host/widget/tandem.js, whose server answers under https://host/api/widget/. */
export function serverOf(scriptUrl: string): Server {
  const api = new URL("../api/widget/", scriptUrl);
  const socketUrl = (path: string): string => {
    const url = new URL(path, api);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return url.href;
  };
  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(new URL(path, api), { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  /** `sound`: the shape that we rely on. */
  const ask = async <T>(path: string, sound: (value: Record<string, unknown>) => boolean, body?: unknown): Promise<Answered<T>> => {
    try {
      const response = await (body === undefined ? fetch(new URL(path, api)) : post(path, body));
      const value: unknown = await response.json();
      if (typeof value !== "object" || value === null) return { ok: false, code: "failed" };
      const fields = value as Record<string, unknown>;
      if (!response.ok) return { ok: false, code: typeof fields["code"] === "string" ? fields["code"] : "failed" };
      return sound(fields) ? { ok: true, value: value as T } : { ok: false, code: "failed" };
    } catch {
      return { ok: false, code: "network" }; // told to the visitor where they asked for it; else the page offers what it knows
    }
  };
  const orNull = <T>(answer: Answered<T>): T | null => (answer.ok ? answer.value : null);
  const isPromise = (v: Record<string, unknown>): boolean => typeof v["state"] === "string" && typeof v["number"] === "string" && Array.isArray(v["slots"]);
  return {
    streamUrl: socketUrl("stream"),
    socketUrl,
    async rate(token, interactionId, score, comment) {
      try {
        return (await post("rate", { token, interactionId, score, comment })).ok;
      } catch {
        return false; // no network: the caller keeps the form as it is and says so
      }
    },
    async call(token, page, language) {
      const response = await post("call", { token, page, language });
      return response.ok ? ((await response.json()) as WidgetCall) : null;
    },
    async options({ channel, language, queue, app, device }) {
      const query = new URLSearchParams({ channel, language });
      if (queue !== null) query.set("queue", queue.slice(0, 60));
      if (app !== "") query.set("app", app.slice(0, 60));
      if (device !== "") query.set("device", device.slice(0, 60));
      return orNull(await ask<WidgetOptions>(`options?${query}`, (v) => Array.isArray(v["options"])));
    },
    async slots(queueId, language) {
      return orNull(await ask<CallbackOffer>(`callbacks/slots?${new URLSearchParams({ queueId, language })}`, (v) => Array.isArray(v["slots"])));
    },
    promisePage: (token) => new URL(`../../callback/${encodeURIComponent(token)}`, api).href,
    book: (wanted) => ask("callbacks", (v) => typeof v["token"] === "string" && typeof v["callback"] === "object", wanted),
    promise: (token) => ask(`callbacks/${encodeURIComponent(token)}`, isPromise),
    change: (token, change) => ask(`callbacks/${encodeURIComponent(token)}`, isPromise, change),
  };
}
