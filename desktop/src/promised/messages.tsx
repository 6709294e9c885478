import type { QueueMessage } from "@tandem/protocol/callback";
import { Check, Phone, Play, Trash2, Undo2, Voicemail } from "lucide-react";
import { useRef, useState } from "react";
import type { ReactNode } from "react";
import { inWords, messageSoundUrl, useMe, useMessageOrder, useNow, useQueueMessages, useRemoveMessage } from "../data/data.ts";
import type { MessageOrder, Shown } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { Chip } from "../kit/chip.tsx";
import { cx } from "../kit/classes.ts";
import { ConfirmPopover } from "../kit/confirm-popover.tsx";
import { Empty } from "../kit/notice.tsx";
import { NotRead } from "../kit/not-read.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { toast } from "../kit/toast.tsx";
import { useServes } from "./queues.ts";
import { SteadyList } from "./steady-list.tsx";

const SPEEDS = ["1", "1.25", "1.5", "2"] as const;
type Speed = (typeof SPEEDS)[number];

/** What callers left for the user's queues: the oldest first, because it waits longest. */
export function Messages({ queueId, shown }: { queueId: string | null; shown: Shown }): ReactNode {
  const t = useT();
  const messages = useQueueMessages(queueId, shown);
  const [speed, setSpeed] = useState<Speed>("1");
  if (messages.data === undefined) return <NotRead query={messages} rows={5} />;
  if (messages.data.length === 0)
    return (
      <div className="pt-[8vh]">
        <Empty icon={Voicemail} title={t(shown === "open" ? "promised.messages.none" : "promised.messages.over.none")}>
          {shown === "open" ? t("promised.messages.none.help") : undefined}
        </Empty>
      </div>
    );
  const rows = messages.data.toSorted((a, b) => (shown === "open" ? a.leftAtMs - b.leftAtMs : (b.doneAtMs ?? 0) - (a.doneAtMs ?? 0)));
  return (
    <SteadyList key={`${queueId ?? ""} ${shown}`} label={t("promised.messages")} rows={rows}>
      {(message, gone) => <Row message={message} gone={gone} speed={speed} onSpeed={setSpeed} />}
    </SteadyList>
  );
}

function Row({ message, gone, speed, onSpeed }: { message: QueueMessage; gone: boolean; speed: Speed; onSpeed: (speed: Speed) => void }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const me = useMe();
  const serves = useServes();
  const order = useMessageOrder();
  const remove = useRemoveMessage();
  const [open, setOpen] = useState(false);
  const sound = useRef<HTMLAudioElement>(null);
  const number = message.number === "" ? "" : format.phone(message.number);
  const name = message.name !== "" ? message.name : number !== "" ? number : t("promised.message.anonymous");
  const mine = message.agentId === me.id;
  const free = message.state === "open" || mine;
  const supervises = me.roles.includes("supervisor");
  const failed = (why: Error): void => toast("alert", inWords(why));
  const act = (what: MessageOrder): void => order.mutate({ id: message.id, order: what }, { onError: failed });
  return (
    <div className="px-4 py-2.5">
      <div className="flex min-h-9 flex-wrap items-center gap-x-2 gap-y-1.5">
        <Button tone={message.heard ? "soft" : "primary"} icon={Play} className="h-9 w-9 rounded-full px-0 max-stack:size-11" aria-expanded={open} aria-label={t("promised.message.play", { name })} onPress={() => setOpen(!open)} />
        <div className="min-w-40 grow basis-40 pl-1">
          <p className="flex min-w-0 items-center gap-2">
            <span className={cx("truncate text-body", message.heard ? "font-medium" : "font-semibold")}>{name}</span>
            {gone && <Chip tone="plain">{t("promised.gone")}</Chip>}
            {!message.heard && message.state === "open" && <Chip tone="acc">{t("promised.message.new")}</Chip>}
            {message.state === "claimed" && <Chip tone={mine ? "jade" : "plain"}>{mine ? t("promised.message.mine") : t("promised.message.taken", { name: message.agentName ?? "?" })}</Chip>}
          </p>
          <p className="truncate text-meta text-ink-2">{[message.name === "" ? "" : number, message.queueName, format.when(message.leftAtMs, now), format.timer(message.durationMs)].filter((part) => part !== "").join(" · ")}</p>
        </div>
        {message.state !== "done" && !gone && (
          <span className="flex flex-wrap items-center gap-1.5">
            {message.state === "claimed" && (mine || supervises) && <IconButton size="l" icon={Undo2} label={t("promised.message.releaseWho", { name })} isDisabled={order.isPending} onPress={() => act("release")} />}
            {supervises && <Remove name={name} onConfirm={() => remove.mutate(message.id, { onError: failed })} />}
            {message.state === "open" && (
              <Button size="l" aria-label={t("promised.message.claimWho", { name })} isDisabled={order.isPending} onPress={() => act("claim")}>
                {t("promised.message.claim")}
              </Button>
            )}
            {mine && (
              <Button size="l" icon={Check} aria-label={t("promised.message.doneWho", { name })} isDisabled={order.isPending} onPress={() => act("done")}>
                {t("promised.message.done")}
              </Button>
            )}
            {free && number !== "" && serves(message.queueId) && (
              <Button size="l" tone="soft" icon={Phone} aria-label={t("promised.message.callWho", { name })} isDisabled={order.isPending} onPress={() => act("call")}>
                {t("promised.message.call")}
              </Button>
            )}
          </span>
        )}
        {message.state === "done" && supervises && !gone && <Remove name={name} onConfirm={() => remove.mutate(message.id, { onError: failed })} />}
      </div>
      {open && (
        <div className="mt-2 flex flex-wrap items-center gap-2">
          {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- a caller's own words: there is no text of them */}
          <audio
            ref={sound}
            controls
            autoPlay
            src={messageSoundUrl(message.id)}
            aria-label={t("promised.message.of", { name, when: format.when(message.leftAtMs, now) })}
            className="h-9 min-w-60 grow"
            onError={() => {
              setOpen(false);
              toast("alert", t("promised.message.soundless"));
            }}
            onLoadedMetadata={({ currentTarget }) => {
              currentTarget.playbackRate = Number(speed);
            }}
          />
          <Segmented
            label={t("promised.message.speed")}
            options={SPEEDS.map((id) => ({ id, label: `${format.number(Number(id), 2)}×` }))}
            value={speed}
            onChange={(next) => {
              onSpeed(next);
              if (sound.current !== null) sound.current.playbackRate = Number(next);
            }}
          />
        </div>
      )}
    </div>
  );
}

function Remove({ name, onConfirm }: { name: string; onConfirm: () => void }): ReactNode {
  const t = useT();
  return (
    <ConfirmPopover
      trigger={<IconButton size="l" icon={Trash2} label={t("promised.message.delete", { name })} />}
      question={t("promised.message.delete.ask", { name })}
      effect={t("promised.message.delete.effect")}
      confirmLabel={t("promised.message.delete.yes")}
      onConfirm={onConfirm}
    />
  );
}
