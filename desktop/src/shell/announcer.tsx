import { useEffect } from "react";
import type { ReactNode } from "react";
import type { ActionContext } from "../actions/action.ts";
import { ringingLine, useLines } from "../phone/phone.ts";
import { useNamed } from "../telephone/party.ts";
import { useT } from "../i18n/i18n.ts";

/** A tab in the background cannot be seen: the system's notification brings it back. */
function notify(words: string): Notification | null {
  if (!document.hidden || !("Notification" in globalThis) || Notification.permission !== "granted") return null;
  const note = new Notification(words, { tag: "tandem-offer", requireInteraction: true });
  note.addEventListener("click", () => window.focus());
  return note;
}

/** Says a new offer, or a call of the house, to assistive technology, once, wherever the focus is; and in the tab's title for those who look elsewhere. */
export function Announcer({ context }: { context: ActionContext }): ReactNode {
  const t = useT();
  const { offer } = context;
  const line = ringingLine(useLines());
  const named = useNamed();
  const words = offer === null ? (line === null ? "" : t("telephone.card.announce", { name: named(line).name })) : t(offer.callback !== undefined ? "desk.ring.announceCallback" : offer.medium === "voice" ? "desk.ring.announceCall" : "desk.ring.announceChat", { name: offer.customer.name });
  useEffect(() => {
    if (words === "") return;
    const before = document.title;
    document.title = `● ${words}`;
    const note = notify(words);
    return () => {
      document.title = before;
      note?.close();
    };
  }, [words]);
  return (
    <div role="alert" className="sr-only">
      {words}
    </div>
  );
}
