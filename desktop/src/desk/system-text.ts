/** What the system says in a conversation: a key of ours with values, or plain words. */
import type { MessageView } from "@tandem/protocol";
import { keyIfKnown } from "../i18n/i18n.ts";
import type { T } from "../i18n/i18n.ts";

export function systemText(message: MessageView, t: T): string {
  const key = keyIfKnown(`desk.system.${message.text}`);
  return key === null ? message.text : t(key, message.values);
}
