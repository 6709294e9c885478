import { Delete, Phone } from "lucide-react";
import { useState } from "react";
import type { FormEvent, ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useDirectory, useMyCalls, useMyTelephone } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button, IconButton, pressable } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { TextField } from "../kit/field.tsx";
import { keypadKeys } from "../kit/keypad.tsx";
import { dial, dialable, usePhone } from "../phone/phone.ts";
import { folded } from "../shell/folded.ts";
import { useNamed } from "./party.ts";

/** ITU-T E.161. */
const letters: Partial<Record<string, string>> = { "2": "ABC", "3": "DEF", "4": "GHI", "5": "JKL", "6": "MNO", "7": "PQRS", "8": "TUV", "9": "WXYZ", "0": "+" };

/** A name, a number or a code; Enter calls. With an empty field, the last number dialled comes back. */
export function DialPad(): ReactNode {
  const t = useT();
  const format = useFormat();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const entries = useDirectory().data ?? [];
  const mine = useMyTelephone().data?.extension?.number;
  const last = useMyCalls().data?.pages.flat().find((call) => call.fromNumber === mine)?.toNumber ?? null;
  const named = useNamed();
  const ready = usePhone().registration === "registered";
  const words = folded(typed).trim();
  const number = dialable(typed);
  // Whole names before beginnings: what Enter will call is said below the field.
  const found = words === "" ? undefined : number !== null ? entries.find((entry) => entry.number === number) : (entries.find((entry) => folded(entry.name) === words) ?? entries.find((entry) => folded(entry.name).startsWith(words)) ?? entries.find((entry) => folded(entry.name).includes(words)));

  const call = (): void => {
    if (words === "") {
      if (last !== null) setTyped(last);
      return;
    }
    const target = found?.number ?? number;
    const placed = target !== null && dial(target, found?.name ?? "");
    setWrong(target === null);
    if (placed) setTyped("");
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    call();
  };
  const change = (next: string): void => {
    setTyped(next);
    setWrong(false);
  };
  return (
    <form onSubmit={onSubmit} aria-label={t("telephone.pad")} noValidate className="mx-auto w-full max-w-[19rem]">
      <div className="flex items-start gap-1.5">
        <div className="min-w-0 grow">
          <TextField label={t("telephone.pad.number")} hideLabel placeholder={t("telephone.pad.number")} value={typed} onChange={change} autoComplete="off" error={wrong ? t("telephone.pad.wrong") : null} />
        </div>
        <IconButton size="l" icon={Delete} label={t("telephone.pad.erase")} isDisabled={typed === ""} onPress={() => change(typed.slice(0, -1))} />
      </div>
      <p aria-live="polite" className="mt-1.5 h-5 truncate px-0.5 text-meta text-ink-2">
        {found === undefined ? "" : `${found.name} · ${format.phone(found.number)}`}
      </p>
      <div className="mt-1 grid grid-cols-3 gap-2">
        {keypadKeys.map((key) => (
          <AriaButton key={key} onPress={() => change(typed + key)} className={cx(pressable, "h-12 flex-col rounded-card bg-fill text-head text-ink data-hovered:bg-fill-2 data-pressed:bg-fill-2")}>
            <span className="leading-tight">{key} </span>
            <span className="h-3 text-[0.5625rem] leading-none font-normal tracking-wider text-ink-2">
              {letters[key] ?? ""}
            </span>
          </AriaButton>
        ))}
      </div>
      <Button type="submit" tone="answer" icon={Phone} isDisabled={!ready || (words === "" && last === null)} className="mt-3 h-11 w-full rounded-card font-semibold">
        <span className="truncate">{words === "" && last !== null ? t("telephone.pad.redial", { number: named({ name: "", number: last }).name }) : found === undefined ? t("telephone.pad.call") : t("telephone.pad.callWho", { name: found.name })}</span>
      </Button>
    </form>
  );
}
