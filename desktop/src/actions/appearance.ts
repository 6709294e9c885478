import { Languages, SunMoon } from "lucide-react";
import { changeLanguage } from "../data/data.ts";
import { currentLanguage } from "../i18n/i18n.ts";
import { toggleTheme, ui } from "../shell/ui.ts";
import type { Action } from "./action.ts";

export const switchTheme: Action = {
  id: "switch-theme",
  section: "app",
  chord: null,
  icon: SunMoon,
  label: () => ({ key: ui.get().theme === "light" ? "shell.theme.toDark" : "shell.theme.toLight" }),
  enabled: () => true,
  perform: toggleTheme,
};

export const switchLanguage: Action = {
  id: "switch-language",
  section: "app",
  chord: null,
  icon: Languages,
  label: () => ({ key: "shell.language.other" }),
  enabled: () => true,
  perform: () => changeLanguage(currentLanguage() === "fr" ? "en" : "fr"),
};
