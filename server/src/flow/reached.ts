/** What a dialogue has given its customer already, should they go before it is said to the end: hanging up and the last words cross. */
import type { FlowEnd, FlowState } from "./state.ts";

/** Null: nothing, or nothing that stands without having been heard. */
export function reachedEnd({ reached, memo, done }: FlowState): { how: FlowEnd; ref: string | null } | null {
  if (done) return null;
  switch (reached) {
    case "callback":
      return { how: reached, ref: String(memo.callbackId) };
    case "voicemail":
      return { how: reached, ref: String(memo.messageId) };
    case "sms":
    case "resolved":
      return { how: reached, ref: null };
    default:
      return null;
  }
}
