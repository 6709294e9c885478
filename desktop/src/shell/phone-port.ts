/** The browser's phone as commands see it, kept running while an agent, or somebody with an extension, is signed in. */
import { useEffect, useMemo } from "react";
import type { PhonePort } from "../actions/action.ts";
import { ApiFailure } from "../data/data.ts";
import { t } from "../i18n/i18n.ts";
import { answer, answerLine, decline, hangUpLine, phone, ringingLine, sendDtmf, setMuted, startPhone, stopPhone, useLines, usePhone } from "../phone/phone.ts";

/** The stream tells of a call a moment before the call itself arrives: a key pressed in between is not lost. */
const ARRIVES_WITHIN_MS = 4000;

export function useRunningPhone(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return undefined;
    startPhone();
    return () => void stopPhone();
  }, [wanted]);
}

async function answerWhenHere(interactionId: string): Promise<void> {
  const here = (): boolean => phone.get().call?.interactionId === interactionId;
  if (!here()) {
    await new Promise<void>((resolve, reject) => {
      const over = (done: () => void): void => {
        clearTimeout(timer);
        stop();
        done();
      };
      const timer = setTimeout(() => over(() => reject(new ApiFailure(0, "no-call", t("desk.ring.notHere"), null))), ARRIVES_WITHIN_MS);
      const stop = phone.subscribe(() => here() && over(resolve));
    });
  }
  await answer();
  const { failure } = phone.get();
  if (failure !== null) throw new ApiFailure(0, failure, t(failure === "mic" ? "desk.ring.micRefused" : "desk.ring.failed"), null);
}

export function usePhonePort(): PhonePort {
  const state = usePhone();
  const lines = useLines();
  return useMemo(
    () => ({
      ringsHere: (id) => state.call?.interactionId === id,
      carries: (id) => state.call?.interactionId === id && state.call.state === "live",
      muted: state.call?.muted ?? false,
      answer: answerWhenHere,
      decline,
      setMuted,
      sendDigit: sendDtmf,
      lineRinging: ringingLine(lines)?.id ?? null,
      lines: lines.list.length > 0,
      answerLine,
      declineLine: hangUpLine,
    }),
    [state, lines],
  );
}
