import type { CallbackView } from "@tandem/protocol/callback";
import type { Slot } from "@tandem/protocol/hours";
import { useState } from "react";
import type { ReactNode } from "react";
import { UnsavedArea, useLeave, useUnsaved } from "../admin/unsaved.tsx";
import { ApiFailure, inWords, useBookCallback, useCallbackOffer, useCallbackOrder } from "../data/data.ts";
import { useFormat, useLanguage, useT } from "../i18n/i18n.ts";
import type { Key } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Checkbox } from "../kit/checkbox.tsx";
import { TextField } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import { SideSheet } from "../kit/side-sheet.tsx";
import { toast } from "../kit/toast.tsx";
import { usePromisingQueues, useServes } from "./queues.ts";

export interface BookFor {
  number: string;
  name: string;
  customerId: string | null;
}

interface BookProps {
  queueId: string | null;
  who?: BookFor;
  moved?: CallbackView | null;
  onClose: () => void;
}

/** Promises a call to a customer, or gives one that was promised another time. */
export function BookSheet(props: BookProps): ReactNode {
  return <UnsavedArea>{(question) => <Booking {...props} question={question} />}</UnsavedArea>;
}

function Booking({ queueId: first, who, moved = null, question, onClose }: BookProps & { question: ReactNode | null }): ReactNode {
  const t = useT();
  const format = useFormat();
  const leave = useLeave();
  const language = useLanguage();
  const queues = usePromisingQueues();
  const serves = useServes();
  const [queueId, setQueueId] = useState(moved?.queueId ?? first ?? queues[0]?.id ?? null);
  const [number, setNumber] = useState(who?.number ?? "");
  const [name, setName] = useState(who?.name ?? "");
  const [reason, setReason] = useState("");
  const [mine, setMine] = useState(false);
  const [choice, setChoice] = useState<string | null>(null);
  const [wrong, setWrong] = useState<{ number: string | null; when: string | null }>({ number: null, when: null });
  const offer = useCallbackOffer(queueId, moved?.language ?? language);
  const mayCall = queueId !== null && serves(queueId);
  useUnsaved(moved === null && (number !== (who?.number ?? "") || name !== (who?.name ?? "") || reason !== ""));
  const book = useBookCallback();
  const order = useCallbackOrder();
  const slots = offer.data?.slots ?? [];
  const inOrder = offer.data?.inOrder ?? null;
  const slotWords = ({ startMs, endMs }: Slot): string => t("promised.callback.slot", { day: format.day(startMs), from: format.clock(startMs), to: format.clock(endMs) });
  const options = [
    ...(inOrder === null ? [] : [{ id: "turn", label: t("promised.book.when.turn", { position: inOrder.position }), ...(inOrder.estimatedWaitMs === null ? {} : { hint: format.duration(inOrder.estimatedWaitMs) }) }]),
    ...slots.map((slot) => ({ id: String(slot.startMs), label: slotWords(slot) })),
  ];
  const busy = book.isPending || order.isPending;

  const save = (): void => {
    const noNumber = moved === null && number.replaceAll(/\D/g, "").length < 3;
    const slot = slots.find(({ startMs }) => String(startMs) === choice) ?? null;
    const noWhen = choice === null || (choice !== "turn" && slot === null);
    setWrong({ number: noNumber ? t("promised.book.number.error") : null, when: noWhen ? t("promised.book.when.error") : null });
    if (noNumber || noWhen || queueId === null) return;
    const done = (words: Key): void => {
      toast(words === "promised.book.before" ? "info" : "good", t(words));
      onClose();
    };
    const told = {
      onError: (why: Error) => {
        if (!(why instanceof ApiFailure) || why.unreachable) toast("alert", inWords(why));
        else setWrong(why.field === "number" ? { number: why.message, when: null } : { number: null, when: why.message });
        void offer.refetch();
      },
    };
    if (moved !== null) order.mutate({ id: moved.id, do: "move", slot }, { ...told, onSuccess: () => done("promised.book.done") });
    else
      book.mutate(
        { queueId, number: number.trim(), name: name.trim(), customerId: who?.customerId ?? null, slot, reason: reason.trim() === "" ? null : reason.trim(), language, mine: mine && mayCall },
        { ...told, onSuccess: ({ before }) => done(before ? "promised.book.before" : "promised.book.done") },
      );
  };
  return (
    <SideSheet
      title={t(moved === null ? "promised.book.title" : "promised.callback.move")}
      {...(moved === null ? {} : { subtitle: [moved.name, format.phone(moved.number)].filter((part) => part !== "").join(" · ") })}
      isOpen
      onClose={() => leave(onClose)}
      foot={
        question ?? (
        <>
          <span className="grow" />
          <Button size="l" onPress={() => leave(onClose)}>
            {t("everywhere.cancel")}
          </Button>
          <Button size="l" tone="primary" isDisabled={busy} onPress={save}>
            {t(moved === null ? "promised.book.save" : "promised.book.move")}
          </Button>
        </>
        )
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        {moved === null && (
          <>
            <Select
              label={t("promised.queue")}
              options={queues.map(({ id, name: label }) => ({ id, label }))}
              value={queueId}
              onChange={(id) => {
                setQueueId(id);
                setChoice(null);
              }}
            />
            <TextField label={t("promised.book.number")} type="tel" value={number} onChange={setNumber} error={wrong.number} maxLength={40} />
            <TextField label={t("promised.book.name")} value={name} onChange={setName} maxLength={120} />
            <TextField label={t("promised.book.reason")} hint={t("promised.book.reason.hint")} value={reason} onChange={setReason} rows={2} maxLength={400} />
          </>
        )}
        {offer.data !== undefined && options.length === 0 ? (
          <p className="text-body text-ink-2">{t("promised.book.when.none")}</p>
        ) : (
          <Select label={t("promised.book.when")} placeholder={t("promised.book.when.choose")} options={options} value={choice} onChange={setChoice} error={wrong.when} isDisabled={offer.data === undefined} />
        )}
        {offer.isError && <p className="text-meta text-alert-ink">{inWords(offer.error)}</p>}
        {moved === null && mayCall && (
          <Checkbox isSelected={mine} onChange={setMine}>
            {t("promised.book.mine")}
          </Checkbox>
        )}
      </form>
    </SideSheet>
  );
}
