/** What could keep contacts from reaching this screen, in words, with what to do about it. */
import { Bell, BellOff, Headset, Mic, MicOff, PhoneOff, Wifi, WifiOff } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { useState } from "react";
import { useConnection, useMyAgent } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { allowMicrophone, usePhone } from "../phone/phone.ts";

export interface HealthLine {
  id: string;
  icon: LucideIcon;
  tone: "good" | "watch" | "alert";
  words: string;
  fix: { label: string; perform: () => void } | null;
}

export function useHealth(): HealthLine[] {
  const t = useT();
  const connection = useConnection();
  const agent = useMyAgent();
  const { registration, mic } = usePhone();
  const [permission, setPermission] = useState(() => ("Notification" in globalThis ? Notification.permission : "denied"));
  const lines: HealthLine[] = [];

  const live = connection.phase === "live";
  lines.push({ id: "network", icon: live ? Wifi : WifiOff, tone: live ? "good" : "alert", words: t(live ? "shell.health.network" : "shell.health.networkLost"), fix: null });

  if (agent !== null && (agent.reach["voice"]?.of ?? 0) > 0) {
    const onDesk = agent.devices.includes("phone");
    const here = registration === "registered";
    const words = here ? "shell.health.phone" : onDesk ? "shell.health.deskPhone" : registration === "connecting" ? "shell.health.phoneConnecting" : "shell.health.phoneLost";
    lines.push({ id: "phone", icon: here || onDesk ? Headset : PhoneOff, tone: here || onDesk ? "good" : registration === "connecting" ? "watch" : "alert", words: t(words), fix: null });
    if (!onDesk || here) {
      const ask = { label: t("shell.health.allow"), perform: () => void allowMicrophone() };
      if (mic === "granted") lines.push({ id: "mic", icon: Mic, tone: "good", words: t("shell.health.mic"), fix: null });
      else if (mic === "unknown") lines.push({ id: "mic", icon: Mic, tone: "watch", words: t("shell.health.micAsk"), fix: ask });
      else lines.push({ id: "mic", icon: MicOff, tone: "alert", words: t(`shell.health.mic.${mic}`), fix: mic === "insecure" ? null : ask });
    }
  }

  const allow = { label: t("shell.health.allow"), perform: () => void Notification.requestPermission().then(setPermission) };
  if (permission === "granted") lines.push({ id: "bell", icon: Bell, tone: "good", words: t("shell.health.bell"), fix: null });
  else lines.push({ id: "bell", icon: BellOff, tone: "watch", words: t(permission === "default" ? "shell.health.bellAsk" : "shell.health.bellOff"), fix: permission === "default" ? allow : null });
  return lines;
}
