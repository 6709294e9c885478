import type { InteractionView } from "@tandem/protocol";
import { BadgeCheck, Circle, CirclePause, Grid3x3, Mic, MicOff, Pause, PhoneForwarded, PhoneOff, Play, ShieldOff, TriangleAlert } from "lucide-react";
import { useRef } from "react";
import type { ReactNode } from "react";
import { end } from "../actions/end.ts";
import { hold } from "../actions/hold.ts";
import { keypad } from "../actions/keypad.ts";
import { mute } from "../actions/mute.ts";
import { pauseRecording } from "../actions/pause-recording.ts";
import { run } from "../actions/run.ts";
import { transfer } from "../actions/transfer.ts";
import { api } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Avatar } from "../kit/avatar.tsx";
import { Button } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { Timer } from "../kit/num.tsx";
import { SoundBars } from "../kit/sound-bars.tsx";
import { levels } from "../phone/levels.ts";
import { usePhoneCall } from "../phone/phone.ts";
import { EndConfirm } from "./end-confirm.tsx";
import { KeypadPopover } from "./keypad-popover.tsx";
import { MachineButton, useReached } from "./promised-call.tsx";
import { StripControl } from "./strip-control.tsx";
import { readableAddress } from "./address.ts";
import { TransferPopover } from "./transfer-popover.tsx";
import { useDeskContext } from "./desk-context.ts";

const readLevels = (): { remote: number; local: number } => {
  const { mine, theirs } = levels.get();
  return { remote: theirs, local: mine };
};

/** The call: who, since when, whether they are heard and recorded; and the controls, which never move. */
export function StripLive({ interaction }: { interaction: InteractionView }): ReactNode {
  const t = useT();
  const format = useFormat();
  const context = useDeskContext();
  const here = { ...context, focused: interaction };
  const call = usePhoneCall(interaction.id);
  const transferRef = useRef<HTMLButtonElement | null>(null);
  const keypadRef = useRef<HTMLButtonElement | null>(null);
  const { customer, queue, held, heldSinceMs, connectedAtMs, recording } = interaction;
  const reached = useReached(interaction);
  const muted = call?.muted ?? false;
  const since = held && heldSinceMs !== null ? heldSinceMs : (connectedAtMs ?? interaction.createdAtMs);
  return (
    <div className={cx("flex h-full items-center px-4 max-stack:flex-wrap max-stack:gap-y-2 max-stack:py-2", held && "bg-amber-soft/60")}>
      <span className="max-wide:hidden">
        <Avatar name={customer.name} size="l" />
      </span>
      <div className="ml-3 min-w-20 max-wide:ml-0">
        <p className="flex items-center gap-1.5">
          <span className="truncate text-[0.9375rem] font-semibold">{customer.name}</span>
          {customer.known && <Known />}
        </p>
        <p className="truncate text-meta text-ink-2">{[reached, readableAddress(customer.address, format), queue?.name].filter((part) => part !== undefined && part !== null && part !== "").join(" · ")}</p>
      </div>
      <div className="ml-4 flex shrink-0 items-center gap-3.5 border-l border-line-2 pl-4 max-wide:ml-3 max-wide:flex-col max-wide:items-start max-wide:gap-0 max-wide:pl-3 max-stack:ml-0 max-stack:border-0 max-stack:pl-0">
        <Timer sinceMs={since} className={cx("min-w-12 text-right text-title font-semibold max-wide:text-head", held && "text-amber-ink")} />
        <div className="flex w-[5.5rem] flex-col gap-0.5 max-wide:w-20">
          {call?.audioLost === true ? <AudioLost /> : <span className="max-wide:hidden">{held ? <HeldBars /> : <SoundBars read={readLevels} muted={muted} />}</span>}
          <RecordingState recording={recording} held={held} />
        </div>
      </div>
      <span className="min-w-2 grow" />
      <fieldset aria-label={t("desk.strip.controls")} className="flex shrink-0 items-center max-stack:shrink max-stack:min-w-0 max-stack:flex-wrap">
        <StripControl action={mute} icon={muted ? MicOff : Mic} label={t(muted ? "desk.act.unmute" : "desk.act.mute")} on={muted} />
        <StripControl action={hold} icon={held ? Play : Pause} label={t(held ? "desk.act.resume" : "desk.act.hold")} on={held} />
        <StripControl action={keypad} icon={Grid3x3} label={t("desk.act.keypad")} buttonRef={keypadRef} />
        <span aria-hidden className="mx-1 h-6 w-px bg-line-2" />
        <StripControl action={transfer} icon={PhoneForwarded} label={t("desk.act.transfer")} buttonRef={transferRef} />
        <StripControl action={pauseRecording} icon={ShieldOff} label={t(recording === "paused" ? "desk.act.resumeRecording" : "desk.act.pauseRecording")} on={recording === "paused"} />
      </fieldset>
      <MachineButton interaction={interaction} />
      <EndConfirm
        interaction={interaction}
        trigger={
          <Button tone="danger-soft" icon={PhoneOff} chord="⇧ E" className="ml-3 h-[2.625rem] rounded-card px-3.5 text-body font-semibold max-stack:ml-0" onPress={() => run(end, here)}>
            {t("desk.act.end")}
          </Button>
        }
        onConfirm={() => api.end(interaction.id)}
      />
      <KeypadPopover interaction={interaction} triggerRef={keypadRef} />
      <TransferPopover interaction={interaction} triggerRef={transferRef} />
    </div>
  );
}

function Known(): ReactNode {
  const t = useT();
  return (
    <span title={t("desk.customer.known")} className="text-jade">
      <BadgeCheck size={15} aria-hidden />
      <span className="sr-only">{t("desk.customer.known")}</span>
    </span>
  );
}

function RecordingState({ recording, held }: { recording: InteractionView["recording"]; held: boolean }): ReactNode {
  const t = useT();
  if (held) return <span className="text-meta font-medium whitespace-nowrap text-amber-ink">{t("desk.strip.onHold")}</span>;
  if (recording === "off") return <span className="text-meta whitespace-nowrap text-ink-3">{t("desk.strip.notRecorded")}</span>;
  const on = recording === "on";
  return (
    <span className={cx("flex items-center gap-1 text-meta whitespace-nowrap", on ? "text-ink-2" : "font-medium text-amber-ink")}>
      {on ? <Circle size={8} aria-hidden fill="currentColor" className="text-alert" /> : <CirclePause size={12} aria-hidden />}
      {t(on ? "desk.strip.recorded" : "desk.strip.recordingPaused")}
    </span>
  );
}

function HeldBars(): ReactNode {
  return (
    <svg width={60} height={14} aria-hidden className="text-amber">
      {Array.from({ length: 15 }, (_, i) => (
        <rect key={i} x={i * 4} y={6} width={2} height={2} rx={1} fill="currentColor" opacity={0.5} />
      ))}
    </svg>
  );
}

function AudioLost(): ReactNode {
  const t = useT();
  return (
    <span role="alert" className="flex items-center gap-1 text-meta font-semibold whitespace-nowrap text-alert-ink">
      <TriangleAlert size={13} aria-hidden />
      {t("desk.strip.audioLost")}
    </span>
  );
}
