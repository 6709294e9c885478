import type { InteractionView } from "@tandem/protocol";
import { LoaderCircle, Smartphone, Volume2 } from "lucide-react";
import type { ReactNode } from "react";
import { answer, isDialling } from "../actions/answer.ts";
import { notNow } from "../actions/not-now.ts";
import { run } from "../actions/run.ts";
import { useCustomer, useQueue } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Rich } from "../i18n/rich.ts";
import { ChannelIcon } from "../kit/avatar.tsx";
import { Button } from "../kit/button.tsx";
import { Chip } from "../kit/chip.tsx";
import { Kbd } from "../kit/kbd.tsx";
import { useLeftMs, Wait } from "../kit/num.tsx";
import { chordLabel } from "../kit/platform.ts";
import { sendDtmf, usePhoneCall } from "../phone/phone.ts";
import { useDeskContext } from "./desk-context.ts";

/** Somebody calls or writes: who, how long they wait, when the offer goes back, and the one gesture. */
export function StripRing({ interaction }: { interaction: InteractionView }): ReactNode {
  const t = useT();
  const { customer, queue, queuedAtMs, medium } = interaction;
  const limitMs = useQueue(queue?.id ?? null)?.maxWaitMs ?? null;
  const record = useCustomer(customer.id);
  return (
    <div className="flex h-full items-center gap-4 bg-ring px-4 max-stack:flex-wrap max-stack:py-2">
      <span aria-hidden className="animate-ring flex size-9 shrink-0 items-center justify-center rounded-full bg-answer text-on-answer">
        <ChannelIcon medium={medium} size={17} />
      </span>
      <div className="min-w-0 grow">
        <p className="flex min-w-0 items-center gap-2">
          <span className="truncate text-[0.9375rem] font-semibold">{t(interaction.callback !== undefined ? "desk.ring.callback" : medium === "voice" ? "desk.ring.calls" : "desk.ring.writes", { name: customer.name })}</span>
          {record.data?.tier !== null && record.data?.tier !== undefined && <Chip tone="amber">{record.data.tier}</Chip>}
        </p>
        <p className="flex items-center gap-1.5 truncate text-meta text-ink-2">
          {queue !== null && <span className="truncate">{queue.name}</span>}
          {queue !== null && queuedAtMs !== null && (
            <>
              <span aria-hidden>·</span>
              <span>{t("desk.ring.waiting")}</span>
              {limitMs === null ? null : <Wait sinceMs={queuedAtMs} limitMs={limitMs} showLimit />}
            </>
          )}
        </p>
      </div>
      {interaction.offer?.pickedUpMs === undefined ? (
        <>
          <Returns interaction={interaction} />
          <OfferButtons interaction={interaction} />
        </>
      ) : (
        <Whispered id={interaction.id} />
      )}
    </div>
  );
}

/** Answered: the agent hears who comes from where; the customer comes after it. On a telephone its own # skips it. */
function Whispered({ id }: { id: string }): ReactNode {
  const t = useT();
  const here = usePhoneCall(id) !== null;
  return (
    <span role="status" className="flex shrink-0 items-center gap-2 text-body font-semibold">
      <Volume2 size={17} aria-hidden />
      {t("desk.ring.whisper")}
      {here ? (
        <Button onPress={() => sendDtmf("#")}>
          <Kbd>#</Kbd>
          {t("desk.ring.whisper.skip")}
        </Button>
      ) : (
        <span className="flex items-center gap-1.5 font-normal text-ink-2">
          <kbd className="rounded-tag bg-fill px-1.5 font-sans text-meta font-medium">#</kbd>
          {t("desk.ring.whisper.skip")}
        </span>
      )}
    </span>
  );
}

function Returns({ interaction }: { interaction: InteractionView }): ReactNode {
  const format = useFormat();
  const left = useLeftMs(interaction.offer?.untilMs ?? 0);
  if (interaction.offer === null) return null;
  return (
    <span className="text-body whitespace-nowrap text-ink-2 max-fold:hidden">
      <Rich k="desk.ring.returnsIn" values={{ time: format.duration(left) }} />
    </span>
  );
}

export function OfferButtons({ interaction, small = false }: { interaction: InteractionView; small?: boolean }): ReactNode {
  const t = useT();
  const context = useDeskContext();
  const call = usePhoneCall(interaction.id);
  const voice = interaction.medium === "voice";
  const mine = { ...context, offer: interaction };
  const current = context.offer?.id === interaction.id;
  const size = small ? "h-8" : "h-[2.625rem] px-3.5 text-body";
  if (call === null && isDialling(interaction))
    return (
      <span className="flex items-center gap-2 text-body font-semibold text-ink">
        <LoaderCircle size={17} aria-hidden />
        {t("desk.ring.dialling")}
        <Button onPress={() => run(notNow, mine)} chord={current ? "X" : null} className={size}>
          {t("desk.act.notNow")}
          {current && <Kbd>{chordLabel("X")}</Kbd>}
        </Button>
      </span>
    );
  if (voice && call === null && context.agent?.devices.includes("browser") !== true && context.agent?.devices.includes("phone") === true)
    return (
      <span className="flex items-center gap-2 text-body font-semibold text-ink">
        <Smartphone size={17} aria-hidden />
        {t("desk.ring.onYourPhone")}
        <Button onPress={() => run(notNow, mine)} chord={current ? "X" : null} className={size}>
          {t("desk.act.notNow")}
          {current && <Kbd>{chordLabel("X")}</Kbd>}
        </Button>
      </span>
    );
  return (
    <span className="flex shrink-0 items-center gap-2">
      <Button onPress={() => run(notNow, mine)} chord={current ? "X" : null} className={`${size} rounded-card`}>
        {t("desk.act.notNow")}
        {current && <Kbd>{chordLabel("X")}</Kbd>}
      </Button>
      <Button tone="answer" isDisabled={!answer.enabled(mine) || call?.state === "answering"} onPress={() => run(answer, mine)} chord={current ? "A" : null} className={`${size} rounded-card font-semibold`}>
        {call?.state === "answering" ? <LoaderCircle size={16} aria-hidden /> : <ChannelIcon medium={interaction.medium} size={16} />}
        {t(call?.state === "answering" ? "desk.ring.connecting" : voice ? "desk.act.answer" : "desk.act.accept")}
        {current && <Kbd on="answer">{chordLabel("A")}</Kbd>}
      </Button>
    </span>
  );
}
