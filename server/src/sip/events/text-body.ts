import { limits } from "../limits.ts";
import { utf8, type SipMessage } from "../message.ts";
import type { Refusal } from "./subscriptions.ts";

const acceptable = "text/plain, message/cpim";

/**
 * The text of a MESSAGE: text/plain in UTF-8, or that inside message/cpim (RFC 3862). Anything else is a 415 that names what we take
 * (RFC 3428 section 7): text/html is a stranger's markup in an agent's window, and "is typing" documents are no message.
 */
export function readText(request: SipMessage): { text: string } | Refusal {
  const refused: Refusal = { status: 415, headers: [["Accept", acceptable]] };
  if (request.body.length > limits.maxMessageTextBytes) return { status: 413 };
  const coded = request.header("content-encoding");
  if (coded !== null && coded.toLowerCase() !== "identity") return { status: 415, headers: [["Accept-Encoding", "identity"]] };
  const type = typeOf(request.header("content-type") ?? "");
  let body = utf8(Buffer.from(request.body).toString("latin1"));
  if (type === "message/cpim") {
    // RFC 3862 2: CPIM headers, an empty line, the headers of the content, an empty line, the content
    const [, content = ""] = cut(body);
    const [headers, text = ""] = cut(content);
    if (typeOf(/^content-type[ \t]*:[ \t]*([^\r\n]{1,200})/im.exec(headers)?.[1] ?? "") !== "text/plain") return refused;
    body = text;
  } else if (type !== "text/plain") return refused;
  // oxlint-disable-next-line no-control-regex -- control characters other than line ends have no place in a text for people, and NUL none in the database
  const text = body.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, " ").trim();
  return text === "" ? { status: 400 } : { text };
}

/** Lower case without parameters; "" for a character set that is not ours to guess. */
function typeOf(written: string): string {
  const charset = /;\s*charset\s*=\s*"?([^";\s]{1,40})/i.exec(written)?.[1]?.toLowerCase() ?? "utf-8";
  if (charset !== "utf-8" && charset !== "us-ascii") return "";
  return written.split(";")[0]!.trim().toLowerCase();
}

function cut(text: string): [string, string?] {
  const at = /\r?\n\r?\n/.exec(text);
  return at ? [text.slice(0, at.index), text.slice(at.index + at[0].length)] : [text];
}
