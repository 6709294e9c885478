import { ArrowDown, ArrowUp } from "lucide-react";
import { focusConversation } from "../shell/ui.ts";
import type { Action, ActionContext } from "./action.ts";

function move({ mine, focused }: ActionContext, step: 1 | -1): void {
  const at = mine.findIndex((interaction) => interaction.id === focused?.id);
  const next = mine[(at + step + mine.length) % mine.length];
  if (next !== undefined) focusConversation(next.id);
}

export const nextConversation: Action = {
  id: "next-conversation",
  section: "go",
  chord: { key: "ArrowDown" },
  icon: ArrowDown,
  label: () => ({ key: "desk.act.nextConversation" }),
  enabled: ({ mine, path }) => mine.length > 1 && path === "/",
  perform: (context) => move(context, 1),
};

export const previousConversation: Action = {
  id: "previous-conversation",
  section: "go",
  chord: { key: "ArrowUp" },
  icon: ArrowUp,
  label: () => ({ key: "desk.act.previousConversation" }),
  enabled: ({ mine, path }) => mine.length > 1 && path === "/",
  perform: (context) => move(context, -1),
};
