import { CheckCheck } from "lucide-react";
import { notebook } from "../desk/notebook.ts";
import type { Action, ActionContext } from "./action.ts";

function wrapping({ focused, mine }: ActionContext) {
  if (focused?.state === "wrapping") return focused;
  return mine.find((interaction) => interaction.state === "wrapping") ?? null;
}

/** One key closes the wrap-up: the focused one, else the oldest. */
export const validateWrap: Action = {
  id: "validate-wrap",
  section: "contact",
  chord: { key: "Enter" },
  icon: CheckCheck,
  label: ({ agent }) => ({ key: agent?.wish === "available" ? "desk.wrap.validateAvailable" : "desk.wrap.validate" }),
  enabled: (context) => wrapping(context) !== null,
  perform(context) {
    const target = wrapping(context);
    return target === null ? undefined : notebook.validate(target);
  },
};
