import { useEffect } from "react";
import type { ReactNode } from "react";
import type { ActionContext } from "../actions/action.ts";
import { useT } from "../i18n/i18n.ts";

/** A tab in the background cannot be seen: the system's notification brings it back. */
function notify(words: string): Notification | null {
  if (!document.hidden || !("Notification" in globalThis) || Notification.permission !== "granted") return null;
  const note = new Notification(words, { tag: "tandem-offer", requireInteraction: true });
  note.addEventListener("click", () => window.focus());
  return note;
}

/** Says a new offer to assistive technology, once, wherever the focus is; and in the tab's title for those who look elsewhere. */
export function Announcer({ context }: { context: ActionContext }): ReactNode {
  const t = useT();
  const { offer } = context;
  const words = offer === null ? "" : t(offer.medium === "voice" ? "desk.ring.announceCall" : "desk.ring.announceChat", { name: offer.customer.name });
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
