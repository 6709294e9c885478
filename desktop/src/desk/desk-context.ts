/** The command context for what is drawn in the desk, made once by the page. */
import { createContext, useContext } from "react";
import type { ActionContext } from "../actions/action.ts";

export const DeskContext = createContext<ActionContext | null>(null);

export function useDeskContext(): ActionContext {
  const context = useContext(DeskContext);
  if (context === null) throw new Error("useDeskContext outside the desk");
  return context;
}
