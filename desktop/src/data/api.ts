/** The REST commands, typed by the protocol. Every failure is an `ApiFailure` whose `message` can be shown to a person as it is. */
import {
  ApiError, BrowserPhone, CustomerHit, CustomerView, MessageView, LadderMessage, RoutingView, SessionView,
} from "@tandem/protocol";
import type { EditCustomer, Language, Notes, SendMessage, SignIn, Transfer, Wish } from "@tandem/protocol";
import { TransferQueue } from "@tandem/protocol/hours";
import { z } from "zod";
import { currentLanguage, t } from "../i18n/i18n.ts";

/** A command that waits longer than this tells that the server does not answer; the work is safe to try again. */
const TIMEOUT_MS = 15_000;
/** A password costs the server much on purpose: when everybody signs in at nine they wait for each other, and who gives up and tries again makes it worse. */
const SIGN_IN_MS = 60_000;

export class ApiFailure extends Error {
  /** HTTP status; 0 when the server was not reached. */
  readonly status: number;
  readonly code: string;
  readonly field: string | null;
  /** What else the refusal says (a conflict's other version, a failed proof): read it by its own schema. */
  readonly answer: unknown;
  constructor(status: number, code: string, why: string, field: string | null, answer: unknown = null) {
    super(why);
    this.answer = answer;
    this.name = "ApiFailure";
    this.status = status;
    this.code = code;
    this.field = field;
  }
  /** Not reached: nothing is known to be wrong with the command, trying again may work. */
  get unreachable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** Words for any error that a command may throw. */
export function inWords(error: unknown): string {
  if (error instanceof ApiFailure) return error.message;
  return t("everywhere.error.unexpected", { status: error instanceof Error ? error.name : "?" });
}

let onSignedOut: () => void = () => {};
/** Called when the server says that the session is over (401), whatever the command was. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** `body`: JSON, or the bytes of a file as they are. `seen`: the revision that this is about. */
export async function request<S extends z.ZodType>(method: Method, path: string, schema: S, body?: unknown, seen?: string, withinMs = TIMEOUT_MS): Promise<z.infer<S>> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`/api${path}`, {
      method,
      credentials: "same-origin",
      headers: { "accept-language": currentLanguage(), ...(seen === undefined ? {} : { "if-match": `"${seen}"` }), ...(body === undefined ? {} : { "content-type": body instanceof Blob ? "application/octet-stream" : "application/json" }) },
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(withinMs),
    });
    text = await response.text();
  } catch {
    throw new ApiFailure(0, "unreachable", t("everywhere.error.unreachable"), null);
  }
  const json = parseJson(text);
  if (!response.ok) {
    const told = ApiError.safeParse(json);
    if (response.status === 401 && path !== "/session") onSignedOut();
    if (told.success) throw new ApiFailure(response.status, told.data.code, told.data.why, told.data.field ?? null, json);
    const why = response.status === 401 ? t("everywhere.error.signedOut") : t("everywhere.error.unexpected", { status: response.status });
    throw new ApiFailure(response.status, response.status === 401 ? "signed-out" : "unexpected", why, null);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    console.error(`api: answer of ${method} ${path} not understood`, parsed.error.issues.slice(0, 3));
    throw new ApiFailure(response.status, "unexpected", t("everywhere.error.unexpected", { status: response.status }), null);
  }
  return parsed.data;
}

/** Answers whose content nobody reads: empty, or the new view that the stream brings too. */
const Anything = z.unknown();
const at = (id: string): string => `/interactions/${encodeURIComponent(id)}`;

export const api = {
  session: () => request("GET", "/session", SessionView),
  signIn: (body: SignIn) => request("POST", "/session", SessionView, body, undefined, SIGN_IN_MS),
  signOut: () => request("DELETE", "/session", Anything),
  phoneAccount: () => request("POST", "/session/phone", BrowserPhone),

  setWish: (wish: Wish) => request("PUT", "/me/wish", Anything, { wish }),
  /** Ends *missed* or *unresponsive*: "I am back". */
  back: () => request("POST", "/me/back", Anything),
  setLanguage: (language: Language) => request("PUT", "/me/language", Anything, { language }),
  setAgentWish: (agentId: string, wish: Wish) => request("PUT", `/agents/${encodeURIComponent(agentId)}/wish`, Anything, { wish }),

  accept: (id: string) => request("POST", `${at(id)}/accept`, Anything),
  decline: (id: string) => request("POST", `${at(id)}/decline`, Anything),
  hold: (id: string) => request("POST", `${at(id)}/hold`, Anything),
  resume: (id: string) => request("POST", `${at(id)}/resume`, Anything),
  end: (id: string) => request("POST", `${at(id)}/end`, Anything),
  /** Queues that it may be handed to now: closed ones only as the settings say. */
  transferQueues: (id: string) => request("GET", `${at(id)}/transfer-queues`, z.array(TransferQueue)),
  transfer: (id: string, body: Transfer) => request("POST", `${at(id)}/transfer`, Anything, body),
  pauseRecording: (id: string, paused: boolean) => request("POST", `${at(id)}/recording`, Anything, { paused }),
  saveNotes: (id: string, body: Notes) => request("PATCH", `${at(id)}/notes`, Anything, body),
  wrap: (id: string, body: Notes) => request("POST", `${at(id)}/wrap`, Anything, body),
  sendMessage: (id: string, body: SendMessage) => request("POST", `${at(id)}/messages`, MessageView, body),
  messages: (id: string, after: number) => request("GET", `${at(id)}/messages?after=${after}`, z.array(MessageView)),
  ladder: (id: string) => request("GET", `/calls/${encodeURIComponent(id)}/ladder`, z.array(LadderMessage)),
  routing: (id: string) => request("GET", `${at(id)}/routing`, z.array(RoutingView)),
  recordingUrl: (id: string, channels: "mixed" | "stereo" = "mixed") => `/api${at(id)}/recording.wav?channels=${channels}`,

  customers: (q: string) => request("GET", `/customers?q=${encodeURIComponent(q)}`, z.array(CustomerHit)),
  customer: (id: string) => request("GET", `/customers/${encodeURIComponent(id)}`, CustomerView),
  editCustomer: (id: string, body: z.infer<typeof EditCustomer>) => request("PATCH", `/customers/${encodeURIComponent(id)}`, Anything, body),
};

function parseJson(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
