import type { VoicemailMessage } from "@tandem/protocol";
import { Phone, Play, Trash2, Voicemail } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { inWords, useMyVoicemails, useNow, useRemoveVoicemail, useVoicemailHeard, voicemailUrl } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { Chip } from "../kit/chip.tsx";
import { cx } from "../kit/classes.ts";
import { ConfirmPopover } from "../kit/confirm-popover.tsx";
import { Empty } from "../kit/notice.tsx";
import { NotRead } from "../kit/not-read.tsx";
import { toast } from "../kit/toast.tsx";
import { dial } from "../phone/phone.ts";
import { useNamed } from "./party.ts";
import { useFrozen } from "./use-frozen.ts";

/** Messages left for me: play, call back, delete. */
export function Voicemails({ number }: { number: string }): ReactNode {
  const t = useT();
  const messages = useMyVoicemails();
  const rows = messages.data ?? [];
  const byId = new Map(rows.map((message) => [message.id, message]));
  const frozen = useFrozen(rows.map(({ id }) => id));
  if (messages.data === undefined) return <NotRead query={messages} rows={5} />;
  if (rows.length === 0)
    return (
      <div className="pt-[8vh]">
        <Empty icon={Voicemail} title={t("telephone.voicemail.none")}>
          {t("telephone.voicemail.none.help", { number })}
        </Empty>
      </div>
    );
  return (
    <div {...frozen.bind}>
      {frozen.waiting.length > 0 && (
        <div className="p-3 pb-0">
          <Button size="s" tone="soft" onPress={frozen.release}>
            {t("telephone.voicemail.fresh", { n: frozen.waiting.length })}
          </Button>
        </div>
      )}
      <ul aria-label={t("telephone.voicemail")}>
        {frozen.shown.map((id) => {
          const message = byId.get(id);
          return message === undefined ? null : <Row key={id} message={message} />;
        })}
      </ul>
    </div>
  );
}

function Row({ message }: { message: VoicemailMessage }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const { name, number } = useNamed()({ name: message.fromName, number: message.fromNumber });
  const [open, setOpen] = useState(false);
  const heard = useVoicemailHeard();
  const remove = useRemoveVoicemail();
  const play = (): void => {
    setOpen(!open);
    if (!open && !message.heard) heard.mutate(message.id, { onError: (why) => toast("alert", inWords(why)) });
  };
  return (
    <li className="border-b border-line px-4 py-2">
      <div className="flex min-h-9 items-center gap-2">
        <Button tone={message.heard ? "soft" : "primary"} icon={Play} className="h-9 w-9 rounded-full px-0 max-stack:size-11" aria-expanded={open} aria-label={t("telephone.voicemail.play", { name })} onPress={play} />
        <div className="min-w-0 grow pl-1">
          <p className="flex min-w-0 items-center gap-2">
            <span className={cx("truncate text-body", message.heard ? "font-medium" : "font-semibold")}>{name}</span>
            {!message.heard && <Chip tone="acc">{t("telephone.voicemail.new")}</Chip>}
          </p>
          <p className="truncate text-meta text-ink-2">{[number, format.when(message.leftAtMs, now), format.timer(message.durationMs)].filter((part) => part !== "").join(" · ")}</p>
        </div>
        <ConfirmPopover
          trigger={<IconButton size="l" icon={Trash2} label={t("telephone.voicemail.delete", { name })} />}
          question={t("telephone.voicemail.delete.ask", { name })}
          effect={t("telephone.voicemail.delete.effect")}
          confirmLabel={t("telephone.voicemail.delete.yes")}
          onConfirm={() => remove.mutate(message.id, { onError: (why) => toast("alert", inWords(why)) })}
        />
        {message.fromNumber !== "" && <Button tone="soft" icon={Phone} className="h-9 max-stack:size-11 max-stack:px-0" aria-label={t("telephone.history.callBack", { name })} onPress={() => dial(message.fromNumber, message.fromName)} />}
      </div>
      {open && (
        // oxlint-disable-next-line jsx-a11y/media-has-caption -- a caller's own words: there is no text of them
        <audio controls autoPlay src={voicemailUrl(message.id)} aria-label={t("telephone.voicemail.of", { name, when: format.when(message.leftAtMs, now) })} className="mt-2 h-9 w-full" />
      )}
    </li>
  );
}
