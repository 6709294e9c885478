import type { InteractionView } from "@tandem/protocol";
import type { ReactNode } from "react";
import { useCentreState, useNow } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Avatar } from "../kit/avatar.tsx";
import { cx } from "../kit/classes.ts";
import { Timer, Wait } from "../kit/num.tsx";
import { StGlyph } from "../kit/st-glyph.tsx";
import { systemText } from "./system-text.ts";
import { REPLY_WITHIN_MS, unansweredSince } from "./transcript-model.ts";

/** 52 px: who, what state with its time, the last thing said, what is unread. */
export function WorkRow({ interaction, focused, onChoose }: { interaction: InteractionView; focused: boolean; onChoose: () => void }): ReactNode {
  const t = useT();
  const { customer, medium, state, lastMessage, readBy } = interaction;
  const unread = useCentreState((s) => s.threads.get(interaction.id)?.messages.filter((m) => m.author === "customer" && m.seq > readBy.agent).length ?? (lastMessage?.author === "customer" && lastMessage.seq > readBy.agent ? 1 : 0));
  const showUnread = medium !== "voice" && state === "connected" && unread > 0;
  return (
    <button
      type="button"
      aria-current={focused}
      onClick={onChoose}
      className={cx("flex h-[3.125rem] w-full items-center gap-3 rounded-card border px-2 text-left transition-colors duration-100", focused ? "border-line bg-raised shadow-1" : "border-transparent hover:bg-fill/60")}
    >
      <Avatar name={customer.name} medium={medium} live={state === "connected" && medium === "voice"} />
      <span className="min-w-0 grow">
        <span className="flex items-center gap-2">
          <span className="min-w-0 grow truncate text-body font-semibold">{customer.name}</span>
          <RowState interaction={interaction} />
        </span>
        <span className="flex items-center gap-2">
          <span className={cx("min-w-0 grow truncate text-meta", showUnread ? "text-ink" : "text-ink-2")}>
            <Preview interaction={interaction} />
          </span>
          {showUnread && (
            <span className="inline-flex h-[1.0625rem] min-w-[1.0625rem] items-center justify-center rounded-full bg-acc px-1 text-floor font-semibold text-on-acc">
              {unread}
              <span className="sr-only"> {t("desk.worklist.unread")}</span>
            </span>
          )}
        </span>
      </span>
    </button>
  );
}

function RowState({ interaction }: { interaction: InteractionView }): ReactNode {
  const t = useT();
  const { state, medium, held, connectedAtMs, createdAtMs, heldSinceMs } = interaction;
  if (state === "offered")
    return (
      <span className="flex items-center gap-1 text-meta font-semibold text-jade-ink">
        <StGlyph state="ringing" size={11} />
        {t(medium === "voice" ? "desk.row.rings" : "desk.row.new")}
      </span>
    );
  if (state === "wrapping")
    return (
      <span className="flex items-center gap-1 text-meta font-semibold text-sky-ink">
        <StGlyph state="wrap-up" size={11} />
        {t("desk.row.toClose")}
      </span>
    );
  if (held)
    return (
      <span className="flex items-center gap-1 text-meta font-semibold text-amber-ink">
        <StGlyph state="break" size={10} />
        <Timer sinceMs={heldSinceMs ?? createdAtMs} />
      </span>
    );
  if (medium === "voice") return <Timer sinceMs={connectedAtMs ?? createdAtMs} className="text-control font-semibold text-acc-2" />;
  return <ChatAge interaction={interaction} />;
}

/** A chat shows how long the customer has waited for an answer; when none is due, how long ago it last moved. */
function ChatAge({ interaction }: { interaction: InteractionView }): ReactNode {
  const format = useFormat();
  const now = useNow(10_000);
  const since = useAnswerDue(interaction);
  if (since !== null) return <Wait sinceMs={since} limitMs={REPLY_WITHIN_MS} />;
  const last = interaction.lastMessage?.atMs ?? interaction.connectedAtMs ?? interaction.createdAtMs;
  return <span className="text-meta whitespace-nowrap text-ink-2">{format.duration(now - last)}</span>;
}

/** Since when this customer waits for the agent's words; null when the agent wrote last. */
export function useAnswerDue(interaction: InteractionView): number | null {
  const { lastMessage, id } = interaction;
  return useCentreState((s) => {
    const thread = s.threads.get(id);
    if (thread !== undefined && thread.messages.length > 0) return unansweredSince(thread.messages);
    return lastMessage?.author === "customer" ? lastMessage.atMs : null;
  });
}

function Preview({ interaction }: { interaction: InteractionView }): ReactNode {
  const t = useT();
  const { state, medium, reason, queue, lastMessage, customer } = interaction;
  if (state === "offered") return reason ?? t(medium === "voice" ? "desk.row.callsNow" : "desk.row.writesNow");
  if (medium === "voice" || lastMessage === null) return reason ?? queue?.name ?? customer.name;
  if (lastMessage.author === "agent") return t("desk.row.you", { text: lastMessage.text });
  if (lastMessage.author === "system") return systemText(lastMessage, t);
  return lastMessage.text;
}

/** Its contact ended while the pointer was on the list: stays in place, says so. */
export function GhostRow({ name }: { name: string }): ReactNode {
  const t = useT();
  return (
    <div className="flex h-[3.125rem] items-center gap-3 rounded-card px-2 opacity-60">
      <Avatar name={name} />
      <span className="min-w-0">
        <span className="block truncate text-body font-semibold">{name}</span>
        <span className="block text-meta text-ink-2">{t("desk.row.ended")}</span>
      </span>
    </div>
  );
}
