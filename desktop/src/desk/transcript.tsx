import type { InteractionView, MessageView } from "@tandem/protocol";
import { Check, CheckCheck, CircleAlert, Clock } from "lucide-react";
import { useEffect, useLayoutEffect, useRef } from "react";
import type { ReactNode } from "react";
import { useCentre, useThread, useTyping } from "../data/data.ts";
import type { PendingMessage } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { Notice } from "../kit/notice.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { KnownCard } from "./known-card.tsx";
import { systemText } from "./system-text.ts";
import { blocks } from "./transcript-model.ts";
import type { Block } from "./transcript-model.ts";

/** Scrolled up by more than this, the reader is reading: new messages do not pull them down. */
const NEAR_END_PX = 80;

/** @param seen the conversation has the focus: what is on screen counts as read while the tab is looked at. */
export function Transcript({ interaction, seen }: { interaction: InteractionView; seen: boolean }): ReactNode {
  const t = useT();
  const { id, language } = interaction;
  const { messages, pending, whole, why, reload } = useThread(id);
  const typing = useTyping(id);
  const box = useRef<HTMLDivElement | null>(null);
  const following = useRef(true);
  const lastSeq = messages.at(-1)?.seq ?? 0;
  useReading(id, seen ? lastSeq : 0);
  // After each drawing: whatever was added, the end stays in view for who was there.
  useLayoutEffect(() => {
    const element = box.current;
    if (element !== null && following.current) element.scrollTop = element.scrollHeight;
  });
  const lastOfMine = messages.findLast((message) => message.author === "agent");
  return (
    <div
      ref={box}
      role="log"
      aria-label={t("desk.chat.transcript", { name: interaction.customer.name })}
      aria-live="polite"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled region must be reachable by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        following.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
      }}
      className="flex min-h-0 grow flex-col overflow-auto px-4 pt-3 pb-2 outline-offset-[-2px]"
    >
      <KnownCard interaction={interaction} />
      <div className="min-h-4 grow" />
      {!whole && why === null && messages.length === 0 && <Skeleton rows={3} />}
      {why !== null && (
        <Notice tone="alert" icon={CircleAlert} actions={<Button onPress={reload}>{t("everywhere.retry")}</Button>}>
          {why}
        </Notice>
      )}
      {blocks(messages).map((block) => (
        <BlockView key={block.key} block={block} language={language} interaction={interaction} lastOfMine={lastOfMine?.seq ?? 0} />
      ))}
      {pending.map((message) => (
        <Pending key={message.clientId} interactionId={id} message={message} />
      ))}
      {typing && (
        <p className="flex items-center gap-2 pt-2 text-meta text-ink-2">
          <span aria-hidden className="flex gap-1">
            {[0, 1, 2].map((dot) => (
              <span key={dot} className="animate-typing size-1 rounded-full bg-ink-2" style={{ animationDelay: `${dot * 180}ms` }} />
            ))}
          </span>
          {t("desk.chat.typing", { name: firstName(interaction.customer.name) })}
        </p>
      )}
    </div>
  );
}

function firstName(name: string): string {
  return name.split(" ")[0] ?? name;
}

/** Told as read only while somebody can see it: the tab in front. */
function useReading(interactionId: string, upTo: number): void {
  const centre = useCentre();
  useEffect(() => {
    const look = (): void => {
      if (upTo > 0 && document.visibilityState === "visible") centre.markRead(interactionId, upTo);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [centre, interactionId, upTo]);
}

function BlockView({ block, language, interaction, lastOfMine }: { block: Block; language: string; interaction: InteractionView; lastOfMine: number }): ReactNode {
  const t = useT();
  const format = useFormat();
  if (block.kind === "day")
    return (
      <p className="my-3 flex items-center gap-3 text-meta text-ink-3 before:h-px before:grow before:bg-line after:h-px after:grow after:bg-line">{format.day(block.atMs)}</p>
    );
  if (block.kind === "system") return <p className="my-2 text-center text-meta text-ink-3">{systemText(block.message, t)}</p>;
  const ours = block.author !== "customer";
  const who = block.author === "agent" ? t("everywhere.you") : block.author === "flow" ? t("desk.chat.assistant") : firstName(interaction.customer.name);
  return (
    <div className={cx("flex max-w-full flex-col gap-1 pt-2.5", ours ? "items-end" : "items-start")}>
      <p className="px-1 text-meta text-ink-2">
        {who} · {format.clock(block.atMs)}
      </p>
      {block.messages.map((message) => (
        <Bubble key={message.id} message={message} language={language}>
          <Arrival interaction={interaction} message={message} last={message.seq === lastOfMine && block.author === "agent"} />
        </Bubble>
      ))}
    </div>
  );
}

/** What became of a message of ours: not delivered (always said, with why), or of the last one that it was read or delivered. */
function Arrival({ interaction, message, last }: { interaction: InteractionView; message: MessageView; last: boolean }): ReactNode {
  const t = useT();
  const failure = interaction.undelivered.find(({ seq }) => seq === message.seq);
  if (failure !== undefined)
    return (
      <span role="alert" className="flex items-center gap-1 px-1 text-meta text-alert-ink">
        <CircleAlert size={13} aria-hidden />
        {t(`desk.chat.undelivered.${failure.status === 480 || failure.status === 404 ? "away" : failure.status === 408 || failure.status === 503 ? "silent" : "refused"}`)}
      </span>
    );
  const read = interaction.readBy.customer >= message.seq;
  if (!last || !(read || interaction.deliveredUpTo >= message.seq)) return null;
  return (
    <span className="flex items-center gap-1 px-1 text-meta text-ink-3">
      {read ? <CheckCheck size={13} aria-hidden className="text-acc" /> : <Check size={13} aria-hidden />}
      {t(read ? "desk.chat.read" : "desk.chat.delivered")}
    </span>
  );
}

const bubble = "max-w-[min(88%,34rem)] rounded-[10px] px-2.5 py-1.5 text-body text-pretty whitespace-pre-wrap [overflow-wrap:anywhere]";

function Bubble({ message, language, children }: { message: MessageView; language: string; children: ReactNode }): ReactNode {
  return (
    <>
      <p
        lang={language}
        className={cx(
          bubble,
          message.author === "customer" && "rounded-bl-[3px] bg-fill",
          message.author === "agent" && "rounded-br-[3px] bg-acc-soft",
          message.author === "flow" && "rounded-br-[3px] border border-line-2 text-ink-2",
        )}
      >
        {message.text}
      </p>
      {message.choices !== undefined && (
        <p className="flex max-w-[88%] flex-wrap justify-end gap-1">
          {message.choices.map((choice) => (
            <span key={choice.key} className="rounded-full border border-line-2 px-2 py-px text-meta text-ink-2">
              {choice.label}
            </span>
          ))}
        </p>
      )}
      {children}
    </>
  );
}

/** Ours, on its way: kept and tried again through cuts; refused ones say why and what can be done. */
function Pending({ interactionId, message }: { interactionId: string; message: PendingMessage }): ReactNode {
  const t = useT();
  const centre = useCentre();
  const failed = message.state === "failed";
  return (
    <div className="flex flex-col items-end gap-1 pt-1.5">
      <p className={cx(bubble, "rounded-br-[3px]", failed ? "border border-alert/40 bg-alert-soft" : "bg-acc-soft text-ink-2")}>{message.text}</p>
      {failed ? (
        <div role="alert" className="flex flex-wrap items-center justify-end gap-1.5 text-meta text-alert-ink">
          <CircleAlert size={13} aria-hidden />
          <span>{message.why}</span>
          <Button size="s" tone="soft" onPress={() => centre.resendMessage(interactionId, message.clientId)}>
            {t("everywhere.retry")}
          </Button>
          <Button size="s" tone="ghost" onPress={() => centre.discardMessage(interactionId, message.clientId)}>
            {t("everywhere.delete")}
          </Button>
        </div>
      ) : (
        <span className="flex items-center gap-1 px-1 text-meta text-ink-3">
          <Clock size={12} aria-hidden />
          {t("desk.chat.sending")}
        </span>
      )}
    </div>
  );
}
