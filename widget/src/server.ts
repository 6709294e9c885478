/** The two commands beside the stream, and where they are: relative to the script's own address, so that any path prefix works. */
import type { PageContext, WidgetCall } from "@tandem/protocol";

export interface Server {
  streamUrl: string;
  /** ws(s) URL of a path given by the server. */
  socketUrl(path: string): string;
  rate(token: string, interactionId: string, score: number, comment: string): Promise<boolean>;
  /** Null when the server does not offer a call now. */
  call(token: string, page: PageContext, language: "fr" | "en"): Promise<WidgetCall | null>;
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
  };
}
