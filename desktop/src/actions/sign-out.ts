import { LogOut } from "lucide-react";
import { signOut as leave } from "../data/data.ts";
import type { Action } from "./action.ts";

export const signOut: Action = {
  id: "sign-out",
  section: "app",
  chord: null,
  icon: LogOut,
  label: () => ({ key: "shell.signOut" }),
  // A call would be cut: end it first.
  enabled: ({ voice, phone }) => (voice === null || voice.state === "wrapping") && !phone.lines,
  perform: () => leave(),
};
