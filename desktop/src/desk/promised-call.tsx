/** A call that was promised, at the desk: whether the customer is there yet, and what to do with an answering machine. */
import type { InteractionView } from "@tandem/protocol";
import { Voicemail } from "lucide-react";
import type { ReactNode } from "react";
import { api, inWords, tookByMachine } from "../data/data.ts";
import { keyIfKnown, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { ConfirmPopover } from "../kit/confirm-popover.tsx";
import { toast } from "../kit/toast.tsx";

/** "Nous l’appelons… · 2e essai", under the customer's name. Nothing to say of a call like every other. */
export function useReached({ callback }: InteractionView): string | null {
  const t = useT();
  if (callback === undefined) return null;
  const { attempt, customer, why } = callback;
  const key = keyIfKnown(`promised.why.${why ?? ""}`);
  const words = customer === "not-reached" ? t("desk.callback.notReached", { why: key === null ? (why ?? "") : t(key) }) : t(customer === "reached" ? "desk.callback.reached" : "desk.callback.dialling");
  return attempt > 1 ? `${words} · ${t("desk.callback.attempt", { n: attempt })}` : words;
}

/** Only where there is somebody, or something, that answered a call of ours. In wrap-up the call is over: it is only noted. */
export function MachineButton({ interaction }: { interaction: InteractionView }): ReactNode {
  const t = useT();
  const { id, callback, state, customer } = interaction;
  if (callback?.customer !== "reached") return null;
  const live = state === "connected";
  const tell = async (): Promise<void> => {
    await tookByMachine(callback.id);
    if (live) await api.end(id);
    toast("good", t("desk.callback.machine.done"));
  };
  return (
    <ConfirmPopover
      trigger={
        <Button icon={Voicemail} size="l">
          {t("desk.callback.machine")}
        </Button>
      }
      question={t("desk.callback.machine.ask")}
      effect={t(live ? "desk.callback.machine.effect" : "desk.callback.machine.effectOver", { name: customer.name })}
      confirmLabel={t("desk.callback.machine.yes")}
      onConfirm={() => {
        tell().catch((error: unknown) => toast("alert", inWords(error)));
      }}
    />
  );
}
