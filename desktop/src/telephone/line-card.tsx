import { Grid3x3, LoaderCircle, Mic, MicOff, ParkingSquare, Pause, Phone, PhoneForwarded, PhoneIncoming, PhoneOff, Play, TriangleAlert, UserPlus } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { useRef, useState } from "react";
import type { ReactNode, RefObject } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useMyTelephone } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Avatar } from "../kit/avatar.tsx";
import { Button } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { Kbd } from "../kit/kbd.tsx";
import { Keypad } from "../kit/keypad.tsx";
import { Timer } from "../kit/num.tsx";
import { chordLabel } from "../kit/platform.ts";
import { Popover } from "../kit/popover.tsx";
import { SoundBars } from "../kit/sound-bars.tsx";
import { toast } from "../kit/toast.tsx";
import { levels } from "../phone/levels.ts";
import { answerLine, dial, hangUpLine, holdLine, lineDtmf, muteLine, transferLine, usePhone } from "../phone/phone.ts";
import type { Line } from "../phone/phone.ts";
import { PickTarget } from "./pick-target.tsx";
import type { Target } from "./pick-target.tsx";
import { useNamed } from "./party.ts";

/** The first free slot (exchange/feature-codes.ts). */
const PARK_CODE = "*5";

const readLevels = (): { remote: number; local: number } => {
  const { mine, theirs } = levels.get();
  return { remote: theirs, local: mine };
};

/** One call: ringing here, on its way, or up. `first`: what Alt A answers. */
export function LineCard({ line, first, others }: { line: Line; first: boolean; others: boolean }): ReactNode {
  if (line.state === "ringing" || line.state === "answering") return <Ringing line={line} first={first} waiting={others} />;
  if (line.state !== "live") return <Placing line={line} />;
  return line.held && others ? <Waiting line={line} /> : <Live line={line} />;
}

function Ringing({ line, first, waiting }: { line: Line; first: boolean; waiting: boolean }): ReactNode {
  const t = useT();
  const { name, number } = useNamed()(line);
  const inContact = usePhone().call !== null;
  const busy = waiting || inContact;
  const answering = line.state === "answering";
  return (
    <article aria-label={t("telephone.card.from", { name })} className="rounded-sheet bg-ring p-3">
      <div className="flex items-center gap-3">
        <span aria-hidden className="animate-ring flex size-9 shrink-0 items-center justify-center rounded-full bg-answer text-on-answer">
          <PhoneIncoming size={17} />
        </span>
        <div className="min-w-0 grow">
          <p className="truncate text-[0.9375rem] font-semibold">{name}</p>
          <p className="truncate text-meta text-ink-2">{[number, busy ? t("telephone.card.waiting") : ""].filter((part) => part !== "").join(" · ")}</p>
        </div>
      </div>
      {/* Both grow from what they say: in French, half of the dock is too narrow for the longer one and its shortcut. */}
      <div className="mt-3 flex gap-2 *:grow">
        <Button tone="secondary" chord={first ? "X" : null} className="h-11 rounded-card" onPress={() => void hangUpLine(line.id)}>
          {t("telephone.act.decline")}
          {first && <CardKbd>{chordLabel("X")}</CardKbd>}
        </Button>
        <Button tone="answer" chord={first ? "A" : null} isDisabled={answering} className="h-11 rounded-card font-semibold" onPress={() => void answerLine(line.id)}>
          {answering ? <LoaderCircle size={16} aria-hidden /> : <Phone size={16} aria-hidden />}
          {t(answering ? "telephone.card.answering" : "telephone.act.answer")}
          {busy && !answering && <span className="sr-only"> – {t("telephone.act.answerHold")}</span>}
          {first && <CardKbd on="answer">{chordLabel("A")}</CardKbd>}
        </Button>
      </div>
    </article>
  );
}

/** No keys to press on a telephone. */
function CardKbd({ children, on = "paper" }: { children: ReactNode; on?: "paper" | "answer" }): ReactNode {
  return (
    <span className="max-stack:hidden">
      <Kbd on={on}>{children}</Kbd>
    </span>
  );
}

function Head({ line, says }: { line: Line; says: ReactNode }): ReactNode {
  const { name, number } = useNamed()(line);
  return (
    <div className="flex items-center gap-3">
      <Avatar name={name} size="l" />
      <div className="min-w-0 grow">
        <p className="truncate text-[0.9375rem] font-semibold">{name}</p>
        <p className="flex min-w-0 items-center gap-1.5 truncate text-meta text-ink-2">
          {number !== "" && <span className="truncate">{number}</span>}
          {number !== "" && <span aria-hidden>·</span>}
          {says}
        </p>
      </div>
    </div>
  );
}

function Placing({ line }: { line: Line }): ReactNode {
  const t = useT();
  return (
    <article aria-label={useNamed()(line).name} className="rounded-sheet border border-line bg-raised p-3">
      <Head line={line} says={t(line.state === "early" ? "telephone.card.early" : "telephone.card.calling")} />
      <Button tone="danger-soft" icon={PhoneOff} className="mt-3 h-11 w-full rounded-card" onPress={() => void hangUpLine(line.id)}>
        {t("telephone.act.cancel")}
      </Button>
    </article>
  );
}

/** On hold beside another call: what one does to it is take it up again. */
function Waiting({ line }: { line: Line }): ReactNode {
  const t = useT();
  const { name } = useNamed()(line);
  return (
    <article aria-label={name} className="rounded-sheet bg-amber-soft/60 p-3">
      <div className="flex items-start gap-2">
        <div className="min-w-0 grow">
          <Head line={line} says={<span className="font-medium text-amber-ink">{t(line.transferring ? "telephone.card.transferring" : "telephone.card.held")}</span>} />
        </div>
        <Timer sinceMs={line.sinceMs} className="text-head font-semibold text-amber-ink" />
      </div>
      <div className="mt-3 grid grid-cols-2 gap-2">
        <Button icon={PhoneOff} tone="danger-soft" className="h-11 rounded-card" aria-label={t("telephone.act.endWith", { name })} onPress={() => void hangUpLine(line.id)}>
          {t("telephone.act.end")}
        </Button>
        <Button icon={Play} className="h-11 rounded-card" isDisabled={line.transferring} onPress={() => void holdLine(line.id, false)}>
          {t("telephone.act.resume")}
        </Button>
      </div>
    </article>
  );
}

function Live({ line }: { line: Line }): ReactNode {
  const t = useT();
  const { name } = useNamed()(line);
  const mine = useMyTelephone().data?.extension?.number ?? "";
  const [open, setOpen] = useState<"keypad" | "transfer" | "add" | null>(null);
  const keypadRef = useRef<HTMLButtonElement | null>(null);
  const transferRef = useRef<HTMLButtonElement | null>(null);
  const addRef = useRef<HTMLButtonElement | null>(null);
  const toggle = (what: "keypad" | "transfer" | "add") => (shown: boolean) => setOpen(shown ? what : null);

  const transfer = async (target: Target): Promise<void> => {
    setOpen(null);
    const done = await transferLine(line.id, target.number);
    if (done.ok) toast("good", t("telephone.transfer.done", { name, target: target.name }));
    else toast("alert", t("telephone.transfer.failed", { name, status: done.status }));
  };
  const park = async (): Promise<void> => {
    const done = await transferLine(line.id, PARK_CODE);
    if (done.ok) toast("good", t("telephone.park.done", { name }));
    else toast("alert", t("telephone.transfer.failed", { name, status: done.status }));
  };
  const callOther = (target: Target): void => {
    setOpen(null);
    dial(target.number, target.name === target.number ? "" : target.name);
  };
  const word = line.transferring ? "telephone.card.transferring" : line.audioLost ? "telephone.card.audioLost" : line.held ? "telephone.card.held" : "telephone.card.live";
  const free = !line.transferring;
  return (
    <article aria-label={name} className={cx("rounded-sheet border p-3", line.held ? "border-transparent bg-amber-soft/60" : "border-acc-line bg-raised")}>
      <div className="flex items-start gap-2">
        <div className="min-w-0 grow">
          <Head
            line={line}
            says={
              <span role="status" className={cx("flex items-center gap-1 truncate", line.held && "font-medium text-amber-ink", line.audioLost && "font-medium text-alert-ink")}>
                {line.audioLost && <TriangleAlert size={12} aria-hidden />}
                {t(word)}
              </span>
            }
          />
        </div>
        <div className="flex shrink-0 flex-col items-end">
          <Timer sinceMs={line.sinceMs} className={cx("text-head font-semibold", line.held && "text-amber-ink")} />
          {!line.held && <SoundBars read={readLevels} muted={line.muted} />}
        </div>
      </div>
      <div className="mt-3 grid grid-cols-3 gap-1.5">
        <Control icon={line.muted ? MicOff : Mic} label={t("telephone.act.mute")} on={line.muted} disabled={line.held} onPress={() => muteLine(line.id, !line.muted)} />
        <Control icon={line.held ? Play : Pause} label={t(line.held ? "telephone.act.resume" : "telephone.act.hold")} on={line.held} disabled={!free} onPress={() => void holdLine(line.id, !line.held)} />
        <Control icon={Grid3x3} label={t("telephone.act.keypad")} buttonRef={keypadRef} expanded={open === "keypad"} disabled={line.held} onPress={() => setOpen("keypad")} />
        <Control icon={PhoneForwarded} label={t("telephone.act.transfer")} buttonRef={transferRef} expanded={open === "transfer"} disabled={!free} onPress={() => setOpen("transfer")} />
        <Control icon={UserPlus} label={t("telephone.act.add")} buttonRef={addRef} expanded={open === "add"} disabled={!free} onPress={() => setOpen("add")} />
        <Control icon={ParkingSquare} label={t("telephone.act.park")} disabled={!free || line.held} onPress={() => void park()} />
      </div>
      <Button tone="danger" icon={PhoneOff} className="mt-2 h-11 w-full rounded-card" aria-label={t("telephone.act.endWith", { name })} onPress={() => void hangUpLine(line.id)}>
        {t("telephone.act.end")}
      </Button>
      <Popover label={t("telephone.act.keypad")} triggerRef={keypadRef} isOpen={open === "keypad"} onOpenChange={toggle("keypad")} className="w-52 p-3">
        <Keypad hint={t("telephone.keypad.hint")} onKey={(key) => lineDtmf(line.id, key)} />
      </Popover>
      <Popover label={t("telephone.pick.transfer", { name })} triggerRef={transferRef} isOpen={open === "transfer"} onOpenChange={toggle("transfer")} className="w-[20rem]">
        <PickTarget
          title={t("telephone.pick.transfer", { name })}
          without={[mine, line.number]}
          ways={[
            { label: t("telephone.pick.first"), tone: "secondary", perform: callOther },
            { label: t("telephone.pick.direct"), tone: "primary", perform: (target) => void transfer(target) },
          ]}
        />
      </Popover>
      <Popover label={t("telephone.pick.add")} triggerRef={addRef} isOpen={open === "add"} onOpenChange={toggle("add")} className="w-[20rem]">
        <PickTarget title={t("telephone.pick.add")} help={t("telephone.pick.add.help", { name })} without={[mine, line.number]} ways={[{ label: t("telephone.pick.call"), tone: "primary", perform: callOther }]} />
      </Popover>
    </article>
  );
}

/** A call control: always in the same place, lit while what it does is on. */
function Control({ icon: Icon, label, on = false, disabled = false, expanded, buttonRef, onPress }: { icon: LucideIcon; label: string; on?: boolean; disabled?: boolean; expanded?: boolean; buttonRef?: RefObject<HTMLButtonElement | null>; onPress: () => void }): ReactNode {
  const own = useRef<HTMLButtonElement | null>(null);
  return (
    <AriaButton
      ref={buttonRef ?? own}
      isDisabled={disabled}
      {...(expanded === undefined ? {} : { "aria-haspopup": "dialog" as const, "aria-expanded": expanded })}
      {...(expanded === undefined && on ? { "aria-pressed": true } : {})}
      onPress={onPress}
      className={cx("flex h-[2.875rem] min-w-0 flex-col items-center justify-center gap-1 rounded-card text-meta font-medium transition-colors duration-100 select-none data-disabled:text-ink-4", on ? "bg-amber-soft text-amber-ink" : "text-ink data-hovered:bg-fill data-pressed:bg-fill-2")}
    >
      <Icon size={17} aria-hidden />
      <span className="max-w-full truncate leading-none">{label}</span>
    </AriaButton>
  );
}

