/** Clues in words. The wire brings a key and values; what a customer said stays verbatim, in quotes. */
import type { Clue, ClosedWhy } from "@tandem/protocol";
import { ClockAlert, Globe, History, ListChecks, Mail, MapPin, MessageCircle, MessageSquareText, Package, Phone, PhoneForwarded, Quote, ShieldAlert, ShieldCheck, ShieldQuestion, Smartphone, Unplug } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { keyIfKnown } from "../i18n/i18n.ts";
import type { Formatters } from "../i18n/format.ts";
import type { Key, T } from "../i18n/i18n.ts";

export interface ClueWords {
  icon: LucideIcon;
  /** What kind of thing this is: "Dernier contact". */
  kind: string;
  text: string;
  /** Said after it, in the tone of the clue. */
  stress: string | null;
}

const kinds: Record<Clue["key"], Key> = {
  answered: "desk.clue.kind.answered",
  said: "desk.clue.kind.said",
  page: "desk.clue.kind.page",
  order: "desk.clue.kind.order",
  lastContact: "desk.clue.kind.lastContact",
  recognised: "desk.clue.kind.identity",
  unknown: "desk.clue.kind.identity",
  transfer: "desk.clue.kind.transfer",
  handedBack: "desk.clue.kind.transfer",
  retried: "desk.clue.kind.retried",
  flag: "desk.clue.kind.flag",
  position: "desk.clue.kind.position",
  device: "desk.clue.kind.device",
  collected: "desk.clue.kind.collected",
  cut: "desk.clue.kind.cut",
};

function iconOf(clue: Clue): LucideIcon {
  switch (clue.key) {
    case "answered":
      return ListChecks;
    case "said":
      return Quote;
    case "page":
      return Globe;
    case "order":
      return Package;
    case "lastContact":
      return clue.values["medium"] === "voice" ? Phone : clue.values["medium"] === "chat" ? MessageCircle : clue.values["medium"] === "message" ? MessageSquareText : clue.values["medium"] === "email" ? Mail : History;
    case "recognised":
      return ShieldCheck;
    case "unknown":
      return ShieldQuestion;
    case "transfer":
    case "handedBack":
      return PhoneForwarded;
    case "retried":
      return ClockAlert;
    case "position":
      return MapPin;
    case "device":
      return Smartphone;
    case "collected":
      return ListChecks;
    case "cut":
      return Unplug;
    case "flag":
      return clue.tone === "alert" ? ShieldAlert : clue.tone === "good" ? ShieldCheck : ShieldQuestion;
  }
}

export function clueWords(clue: Clue, t: T, format: Formatters, nowMs: number): ClueWords {
  const value = (name: string): string => String(clue.values[name] ?? "");
  const base = { icon: iconOf(clue), kind: t(kinds[clue.key]), stress: null };
  const ago = clue.atMs === null ? "" : format.when(clue.atMs, nowMs);
  switch (clue.key) {
    case "answered":
      // A button says what it asks: "Un conseiller", once.
      if (value("label") === value("answer")) return { ...base, text: value("answer") };
      return { ...base, text: t("desk.clue.answered", { label: value("label"), answer: value("answer") }) };
    case "said":
      return { ...base, text: t("desk.clue.said", { text: value("text") }) };
    case "page":
      return { ...base, text: value("title") };
    case "order":
      return { ...base, text: t("desk.clue.order", { number: value("number") }), stress: clue.atMs === null ? null : format.when(clue.atMs, nowMs) };
    case "lastContact": {
      const contact = keyIfKnown(`everywhere.contact.${value("medium")}`);
      const ended = keyIfKnown(`everywhere.closedWhy.${value("ended") as ClosedWhy}`);
      const parts = [contact === null ? value("medium") : t(contact), ago].filter((part) => part !== "").join(" ");
      const reason = value("reason");
      return { ...base, text: reason === "" ? parts : `${parts} · ${reason}`, stress: clue.tone === "alert" ? t("desk.clue.unanswered") : ended === null ? null : t(ended) };
    }
    case "recognised":
      return { ...base, text: t("desk.clue.recognised") };
    case "unknown":
      return { ...base, text: t("desk.clue.unknown") };
    case "transfer":
      return { ...base, text: t(value("note") === "" ? "desk.clue.transferBare" : "desk.clue.transfer", { agent: value("agent"), note: value("note") }), stress: ago === "" ? null : ago };
    case "handedBack":
      return { ...base, text: t(value("note") === "" ? "desk.clue.handedBackBare" : "desk.clue.handedBack", { agent: value("agent"), to: value("to"), note: value("note") }), stress: ago === "" ? null : ago };
    case "flag": {
      const key = keyIfKnown(`desk.clue.flag.${value("flag")}`);
      return { ...base, text: key === null ? value("flag") : t(key) };
    }
    case "position":
      return { ...base, text: t(value("accuracyM") === "" ? "desk.clue.position" : "desk.clue.positionWithin", { latitude: Number(value("latitude")).toFixed(5), longitude: Number(value("longitude")).toFixed(5), metres: Math.round(Number(value("accuracyM"))) }) };
    case "device": {
      const device = keyIfKnown(`desk.clue.device.${value("device")}`);
      return { ...base, text: [device === null ? "" : t(device), value("terminal"), value("app")].filter((part) => part !== "").join(" · ") };
    }
    case "collected":
      return { ...base, text: t("desk.clue.answered", { label: value("name"), answer: value("value") }) };
    case "cut":
      return { ...base, text: t("desk.clue.cut") };
    case "retried":
      return { ...base, text: t("desk.clue.retried", { count: Number(clue.values["count"] ?? 1) }) };
  }
}
