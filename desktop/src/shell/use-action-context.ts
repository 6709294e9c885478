/** The context that commands act in, and the keyboard that starts them. */
import { useRouter, useRouterState } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";
import type { ActionContext } from "../actions/action.ts";
import { actions } from "../actions/actions.ts";
import { isFind, matches } from "../actions/chord.ts";
import { run } from "../actions/run.ts";
import { useCentre, useInteraction, useMe, useMyAgent, useMyInteractions, useMyTelephone } from "../data/data.ts";
import { currentOffer, inOrder } from "../desk/layout.ts";
import { onMac } from "../kit/platform.ts";
import { usePhonePort } from "./phone-port.ts";
import { cycleRegions } from "./regions.ts";
import { toggleLayer, ui, useUi } from "./ui.ts";

export function useActionContext(): ActionContext {
  const centre = useCentre();
  const me = useMe();
  const agent = useMyAgent();
  const all = useMyInteractions();
  const order = useUi((s) => s.order);
  const mine = useMemo(() => inOrder(all, order), [all, order]);
  const focusedId = useUi((s) => s.focusedId);
  const focused = useInteraction(focusedId);
  const phone = usePhonePort();
  const extension = useMyTelephone().data?.extension ?? null;
  const router = useRouter();
  const path = useRouterState({ select: (s) => s.location.pathname });
  return {
    centre,
    me,
    agent,
    mine,
    focused: focused !== null && mine.some((i) => i.id === focused.id) ? focused : null,
    voice: mine.find((i) => i.medium === "voice") ?? null,
    offer: currentOffer(mine),
    phone,
    path,
    telephone: extension !== null,
    go: (to) => void router.navigate({ to }),
  };
}

/** Remembers the order of arrival; once, by the shell. */
export function useOrderKept({ mine }: ActionContext): void {
  const ids = mine.map((i) => i.id).join();
  useEffect(() => {
    ui.update((s) => (s.order.join() === ids ? s : { ...s, order: ids === "" ? [] : ids.split(",") }));
  }, [ids]);
}

/** Listens before the page's own widgets do (they stop what they handle), and only takes what is a command here. */
export function useShortcuts(context: ActionContext): void {
  const latest = useRef(context);
  useEffect(() => {
    latest.current = context;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.isComposing || event.repeat) return;
      if (event.key === "F6" && !event.ctrlKey && !event.altKey) {
        event.preventDefault();
        cycleRegions(event.shiftKey);
        return;
      }
      if (isFind(event)) {
        event.preventDefault();
        toggleLayer({ what: "palette" });
        return;
      }
      const { shortcutsOn, layer } = ui.get();
      if (!shortcutsOn) return;
      const action = actions.find((a) => a.chord !== null && matches(a.chord, event, onMac) && (layer === null || a.overLayers === true));
      if (action === undefined) return;
      // Even when it cannot be done now: the browser's own Alt D or Alt E would be a surprise.
      event.preventDefault();
      event.stopPropagation();
      run(action, latest.current);
    };
    window.addEventListener("keydown", onKey, true);
    return () => window.removeEventListener("keydown", onKey, true);
  }, []);
}
