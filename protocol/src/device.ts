/**
 * What a customer's device says of itself along with a contact (CTX-01, CTX-02): typed, bounded, and never believed more than a
 * visitor's word. Flows read it as `context.<name>`, agents see it before they answer.
 */
import { z } from "zod";
import { ChosenOption } from "./hours.ts";

export const DevicePosition = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  accuracyM: z.number().min(0).max(1_000_000),
  atMs: z.number(),
});
export type DevicePosition = z.infer<typeof DevicePosition>;

export const DeviceContext = z.object({
  kind: z.enum(["desktop", "mobile", "tablet", "tv", "other"]),
  userAgent: z.string().max(300).default(""),
  screen: z.object({ width: z.int().min(0).max(100_000), height: z.int().min(0).max(100_000) }).optional(),
  /** An application that carries the widget. */
  app: z.object({ name: z.string().max(60), version: z.string().max(40) }).optional(),
  /** Which screen of the company's it is: a kiosk, a television box, a till. */
  terminal: z.string().max(80).optional(),
  /** Only when the visitor agreed. */
  position: DevicePosition.optional(),
  /** What the visitor chose among a deflected page's options. */
  chosen: ChosenOption.optional(),
  /** The queue of that option. */
  chosenQueue: z.string().max(60).optional(),
});
export type DeviceContext = z.infer<typeof DeviceContext>;

interface Page {
  url: string;
  title: string;
  about: Readonly<Record<string, string>>;
  device?: DeviceContext | undefined;
}

/** Attack: a page that describes itself without end. */
const MAX_ABOUT = 20;
/** Names that stand for numbers in a contact's context. */
export const CONTEXT_NUMBERS: ReadonlySet<string> = new Set(["latitude", "longitude", "accuracyM", "positionAtMs", "screenWidth", "screenHeight"]);

/** As a contact keeps it: flat, by name. What the page says of itself (`about.x`) stands apart from what we read. */
export function contextOfPage({ url, title, about, device }: Page): Record<string, string> {
  const said = Object.entries(about).slice(0, MAX_ABOUT).map(([name, value]) => [`about.${name}`, value] as const);
  const { kind, userAgent, screen, app, terminal, position, chosen, chosenQueue } = device ?? {};
  const known: Record<string, string | number | undefined> = {
    page: title, url, device: kind, userAgent: userAgent === "" ? undefined : userAgent, screenWidth: screen?.width, screenHeight: screen?.height, app: app?.name, appVersion: app?.version, terminal,
    latitude: position?.latitude, longitude: position?.longitude, accuracyM: position?.accuracyM, positionAtMs: position?.atMs, chosen, chosenQueue,
  };
  return { ...Object.fromEntries(said), ...Object.fromEntries(Object.entries(known).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))) };
}
