import type { InteractionView } from "@tandem/protocol";
import { Phone, Search } from "lucide-react";
import { useState } from "react";
import type { ReactNode, RefObject } from "react";
import { Autocomplete, Input, Menu, MenuItem, SearchField } from "react-aria-components";
import { api, inWords, useAgents, useDirectory, useMe, useMyTelephone, useNow, useQueues, useTransferQueues } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { TextField } from "../kit/field.tsx";
import { Scroller } from "../kit/scroller.tsx";
import { Popover } from "../kit/popover.tsx";
import { capacityMedium } from "../shell/capacities.ts";
import { shownState, StGlyph, stateWord } from "../kit/st-glyph.tsx";
import { toast } from "../kit/toast.tsx";
import { dialable } from "../phone/phone.ts";
import { folded } from "../shell/folded.ts";
import { openLayer, useLayer } from "../shell/ui.ts";
import { StateMark } from "../telephone/state-mark.tsx";
import { notebook } from "./notebook.ts";
import { numberTargets, transferTargets } from "./transfer-targets.ts";
import type { Target } from "./transfer-targets.ts";

/** Blind transfer: to a queue or a colleague, a call also to any number, with what the next person must know. */
export function TransferPopover({ interaction, triggerRef }: { interaction: InteractionView; triggerRef: RefObject<HTMLElement | null> }): ReactNode {
  const t = useT();
  const open = useLayer("transfer", interaction.id);
  return (
    <Popover
      label={t(interaction.medium === "voice" ? "desk.act.transferCall" : interaction.medium === "chat" ? "desk.act.transferChat" : "desk.act.transferMessage")}
      triggerRef={triggerRef}
      placement="bottom end"
      isOpen={open}
      onOpenChange={(next) => openLayer(next ? { what: "transfer", id: interaction.id } : null)}
      className="w-[21.25rem]"
    >
      <TransferForm interaction={interaction} />
    </Popover>
  );
}

function TransferForm({ interaction }: { interaction: InteractionView }): ReactNode {
  const t = useT();
  const format = useFormat();
  const me = useMe();
  const queues = useQueues();
  const agents = useAgents();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState<Target | null>(null);
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const calls = interaction.medium === "voice";
  const directory = useDirectory(calls).data ?? [];
  const mine = useMyTelephone().data?.extension?.number ?? null;
  const shown = useTransferQueues(interaction.id).data ?? null;
  const others = transferTargets({ queues, open: shown, agents, medium: capacityMedium(interaction.medium), meId: me.id, currentQueueId: interaction.queue?.id ?? null, compare: format.compare });
  const words = folded(query).trim();
  const typed = dialable(query);
  const all = calls ? [...others, ...numberTargets({ entries: directory, others, mine, typed, nameOfNumber: format.phone, compare: format.compare })] : others;
  const targets = words === "" ? all : all.filter((target) => folded(target.name).includes(words) || (target.kind === "number" && target.number.startsWith(typed ?? words)));

  const go = async (target: Target): Promise<void> => {
    setBusy(true);
    try {
      await notebook.flush(interaction.id);
      await api.transfer(interaction.id, { to: target.to, note: note.trim() });
      openLayer(null);
      toast("good", t("desk.transfer.done", { name: interaction.customer.name, target: target.name }));
    } catch (error) {
      toast("alert", inWords(error));
      setBusy(false);
    }
  };

  if (chosen !== null)
    return (
      <form
        className="flex flex-col gap-3 p-3"
        onSubmit={(event) => {
          event.preventDefault();
          void go(chosen);
        }}
      >
        <TargetLine target={chosen} />
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the step just chosen by the user takes the focus */}
        <TextField autoFocus label={t("desk.transfer.note")} hint={t(chosen.kind === "number" ? "desk.transfer.noteKept" : "desk.transfer.noteHint")} rows={3} maxLength={2000} value={note} onChange={setNote} />
        {chosen.kind === "number" && <p className="text-meta text-ink-2">{t("desk.transfer.comesBack")}</p>}
        <div className="flex items-center gap-2">
          <Button tone="ghost" onPress={() => setChosen(null)}>
            {t("desk.transfer.other")}
          </Button>
          <span className="grow" />
          <Button type="submit" tone="primary" size="l" isPending={busy}>
            {t("desk.transfer.now")}
          </Button>
        </div>
      </form>
    );
  return (
    <Autocomplete inputValue={query} onInputChange={setQuery}>
      <SearchField aria-label={t(calls ? "desk.transfer.findCall" : "desk.transfer.find")} className="relative m-1.5 flex items-center">
        <Search size={15} aria-hidden className="absolute left-2.5 text-ink-3" />
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog just opened by the user takes the focus */}
        <Input autoFocus placeholder={t(calls ? "desk.transfer.findCall" : "desk.transfer.find")} className="h-9 w-full rounded-card border border-line-2 bg-raised pr-2 pl-8 text-body outline-none focus:border-acc focus:shadow-[0_0_0_1px_var(--acc)] [&::-webkit-search-cancel-button]:hidden" />
      </SearchField>
      <Scroller label={t("desk.transfer.targets")} className="max-h-[19rem]">
      <Menu
        aria-label={t("desk.transfer.targets")}
        onAction={(key) => setChosen(all.find((target) => target.id === key) ?? null)}
        renderEmptyState={() => <p className="px-3 py-5 text-center text-ink-2">{t(words === "" ? "desk.transfer.none" : "desk.transfer.nobody")}</p>}
        className="px-1.5 pb-1.5 outline-none"
      >
        {targets.map((target) => (
          <MenuItem key={target.id} id={target.id} textValue={target.name} className="rounded-control px-2 py-1.5 outline-none data-focused:bg-fill">
            <TargetLine target={target} />
          </MenuItem>
        ))}
      </Menu>
      </Scroller>
      <p className="border-t border-line px-3.5 py-2.5 text-meta text-ink-2">{t("desk.transfer.direct")}</p>
    </Autocomplete>
  );
}

function TargetLine({ target }: { target: Target }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow(5000);
  if (target.kind === "queue") {
    const { freeAgents, waiting, oldestSinceMs } = target.queue;
    const wait = waiting > 0 && oldestSinceMs !== null ? t("desk.transfer.waiting", { n: waiting, time: format.wait(now - oldestSinceMs) }) : t("desk.transfer.noWait");
    if (target.closed !== null && target.closed.goes !== null)
      return (
        <Line glyph={<StGlyph state="offline" size={11} />} name={t("desk.transfer.queue", { name: target.name })} quiet>
          <span className="text-amber-ink">{t(`desk.transfer.closed.${target.closed.goes}`)}</span>
        </Line>
      );
    return (
      <Line glyph={<StGlyph state={freeAgents > 0 ? "available" : "break"} size={11} />} name={t("desk.transfer.queue", { name: target.name })}>
        {target.closed !== null && `${t("desk.transfer.closed")} · `}
        {t("desk.transfer.free", { n: freeAgents })} · {wait}
      </Line>
    );
  }
  if (target.kind === "number") {
    const { entry, number } = target;
    if (entry === null)
      return (
        <Line glyph={<Phone size={12} aria-hidden className="text-ink-3" />} name={t("desk.transfer.callNumber", { number: target.name })}>
          {t("desk.transfer.number")}
        </Line>
      );
    const known = t(entry.kind === "extension" ? "desk.transfer.extension" : entry.kind === "group" ? "desk.transfer.group" : "desk.transfer.speedDial", { number: entry.kind === "extension" || entry.kind === "group" ? number : format.phone(number) });
    const glyph = entry.state === null ? <Phone size={12} aria-hidden className="text-ink-3" /> : <StateMark state={entry.state} quiet />;
    return (
      <Line glyph={glyph} name={target.name} quiet={entry.state !== null && entry.state !== "free"}>
        {entry.state === null ? known : `${t(`admin.phoneState.${entry.state}`)} · ${known}`}
      </Line>
    );
  }
  const state = shownState(target.agent);
  return (
    <Line glyph={<StGlyph state={state} size={11} />} name={target.name} quiet={!target.free}>
      {t(stateWord(state))}
      {target.agent.team === "" ? "" : ` · ${target.agent.team}`}
    </Line>
  );
}

function Line({ glyph, name, children, quiet = false }: { glyph: ReactNode; name: string; children: ReactNode; quiet?: boolean }): ReactNode {
  return (
    <span className="flex items-center gap-3">
      {glyph}
      <span className="min-w-0">
        <span className={cx("block truncate text-body font-medium", quiet ? "text-ink-2" : "text-ink")}>{name}</span>
        <span className="block truncate text-meta text-ink-2">{children}</span>
      </span>
    </span>
  );
}
