/**
 * The API as the command line sees it: one sign-in, then JSON in and out, each answer read by its schema. No sign-out: that is the person's, on every
 * screen of theirs; the session ends by its age.
 */
import type { z } from "zod";
import { CliError, type CliIo, type Language, type Say } from "./io.ts";

export interface Client {
  url: string;
  /** Refusals are thrown as sentences, but for those in `expected`, which are answered. */
  call<S extends z.ZodType>(method: string, path: string, schema: S, body?: unknown): Promise<z.output<S>>;
  raw(method: string, path: string, body?: { type: string; bytes: Uint8Array | string }): Promise<{ status: number; json: unknown; bytes: Buffer }>;
}

/** Null = no server is named. */
export async function connect(io: CliIo, language: Language, say: Say): Promise<Client | null> {
  const { TANDEM_URL: url, TANDEM_USER: login, TANDEM_PASSWORD: password } = io.env;
  if (url === undefined || url === "") return null;
  if (!URL.canParse(url)) throw new CliError(say(`TANDEM_URL n’est pas une adresse\u202f: ${url}`, `TANDEM_URL is not an address: ${url}`));
  if (!login || !password) throw new CliError(say("TANDEM_USER et TANDEM_PASSWORD doivent être donnés avec TANDEM_URL.", "TANDEM_USER and TANDEM_PASSWORD must be given with TANDEM_URL."));
  const base = url.replace(/\/+$/, "");
  let cookie = "";
  const send = async (method: string, path: string, body?: { type: string; bytes: Uint8Array | string }): Promise<Response> => {
    try {
      return await fetch(`${base}${path}`, { method, headers: { "accept-language": language, ...(cookie === "" ? {} : { cookie }), ...(body ? { "content-type": body.type } : {}) }, ...(body ? { body: typeof body.bytes === "string" ? body.bytes : Buffer.from(body.bytes) } : {}), redirect: "manual" });
    } catch (error) {
      const { cause } = error as { cause?: unknown };
      throw new CliError(say(`${base} ne répond pas\u202f: ${String(cause ?? error)}`, `${base} does not answer: ${String(cause ?? error)}`));
    }
  };
  const signedIn = await send("POST", "/api/session", { type: "application/json", bytes: JSON.stringify({ login, password }) });
  if (signedIn.status !== 200) throw new CliError(`${base}: ${await whyOf(signedIn)}`);
  cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  await signedIn.arrayBuffer();

  const raw: Client["raw"] = async (method, path, body) => {
    const answer = await send(method, path, body);
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, bytes, json: (answer.headers.get("content-type") ?? "").includes("json") ? parsed(bytes.toString()) : null };
  };
  return {
    url: base,
    raw,
    async call(method, path, schema, body) {
      const { status, json } = await raw(method, path, body === undefined ? undefined : { type: "application/json", bytes: JSON.stringify(body) });
      if (status >= 300) throw new CliError(`${method} ${path}: ${sentenceOf(json) ?? status}`);
      const read = schema.safeParse(json);
      if (!read.success) throw new CliError(say(`${method} ${path}\u202f: réponse d’une autre version de Tandem`, `${method} ${path}: the answer is another version’s of Tandem`));
      return read.data;
    },
  };
}

export function sentenceOf(json: unknown): string | null {
  return typeof json === "object" && json !== null && "why" in json && typeof json.why === "string" ? ("field" in json && typeof json.field === "string" ? `${json.why} (${json.field})` : json.why) : null;
}

async function whyOf(answer: Response): Promise<string> {
  return sentenceOf(parsed(await answer.text())) ?? String(answer.status);
}

/** Null = no JSON: a page of somebody else's, who stands between. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
