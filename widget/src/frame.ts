/** Reads a frame of the server. The schemas of the protocol stay on the server (they would double this bundle); here only the shape we rely on. */
import type { WidgetServerFrame } from "@tandem/protocol";

/** Above any welcome the server may send (500 messages of 4,000 characters); more would be a faulty proxy filling the page's memory. */
const MAX_FRAME_CHARS = 4_000_000;

export type ReadFrame = { ok: true; frame: WidgetServerFrame } | { ok: false; why: string };

export function readFrame(data: unknown): ReadFrame {
  if (typeof data !== "string") return { ok: false, why: "not text" };
  if (data.length > MAX_FRAME_CHARS) return { ok: false, why: "too long" };
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return { ok: false, why: "not JSON" };
  }
  if (!isRecord(value)) return { ok: false, why: "not an object" };
  return sound(value) ? { ok: true, frame: value as WidgetServerFrame } : { ok: false, why: `not a frame: ${String(value["t"])}` };
}

function sound(f: Record<string, unknown>): boolean {
  switch (f["t"]) {
    case "welcome":
      return (
        typeof f["token"] === "string" &&
        Array.isArray(f["messages"]) &&
        f["messages"].every(isMessage) &&
        (f["conversation"] === null || isConversation(f["conversation"])) &&
        typeof f["nowMs"] === "number"
      );
    case "conversation":
      return isConversation(f["value"]);
    case "message":
      return isMessage(f["value"]);
    case "typing":
      return typeof f["untilMs"] === "number";
    case "refused":
      return typeof f["code"] === "string" && (f["clientId"] === null || typeof f["clientId"] === "string");
    case "pong":
      return true;
    default:
      return false;
  }
}

function isConversation(v: unknown): boolean {
  return isRecord(v) && typeof v["interactionId"] === "string" && typeof v["state"] === "string";
}

function isMessage(v: unknown): boolean {
  return isRecord(v) && typeof v["interactionId"] === "string" && typeof v["text"] === "string" && Number.isInteger(v["seq"]) && typeof v["atMs"] === "number";
}

function isRecord(v: unknown): v is Record<string, unknown> {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}
