import type { Words } from "../words.ts";
import type { ladder as fr } from "../fr/ladder.ts";

export const ladder: Words<typeof fr> = {
  "open": "SIP messages",
  "title": "SIP messages of the call",
  "subtitle": "{n, plural, one {# message} other {# messages}} · {legs, plural, one {# dialog} other {# dialogs}} · secrets are masked",
  "empty": "No message kept",
  "empty.help": "The messages of a call are kept for seven days. Those of a call cut by a crash are lost.",
  "list": "Messages, first to last",
  "row": "{what}, from {from} to {to}, {at} after the start",
  "repeated": "repeated",
  "pick": "Choose a message to read it.",
  "copy": "Copy the message",
  "copyAll": "Copy all",
  "copied": "Copied",
  "notCopied": "The browser refuses access to the clipboard.",
  "start": "start",
};
