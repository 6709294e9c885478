/**
 * Star codes of the house, the ones that European networks use (ETSI ETS 300 738, 3GPP TS 22.030): `*` switches on, `#` off.
 * Everything here is what a person types; what it does stands in codes.ts.
 */

export type ForwardWhen = "always" | "busy" | "noAnswer" | "unreachable";

export type FeatureCode =
  /** *21*N# always, *67*N# when busy, *61*N# no answer, *62*N# when not reachable. */
  | { code: "forward-on"; when: ForwardWhen; number: string }
  /** #21#, #67#, #61#, #62#. */
  | { code: "forward-off"; when: ForwardWhen }
  /** ##002#: every forward off. */
  | { code: "forwards-off" }
  /** *78 on, *79 off. */
  | { code: "do-not-disturb"; on: boolean }
  /** *8: any ringing phone of one's own pick-up group; *8N: that one. */
  | { code: "pick-up"; number: string | null }
  /** *5: the first free slot. */
  | { code: "park" }
  /** *3: my calls put together. */
  | { code: "conference" }
  /** *97: one's own voicemail. */
  | { code: "voicemail" }
  /** *98: record one's own greeting; #98#: the spoken one again. */
  | { code: "greeting"; own: boolean }
  /** *0 and the digits of a speed dial. */
  | { code: "speed-dial"; digits: string }
  /** **N: N's phone answers by itself. */
  | { code: "intercom"; number: string }
  /** *66: ring me when the last one I called is free; #66#: never mind. */
  | { code: "call-back"; on: boolean }
  /** *69: call whom I missed last. */
  | { code: "call-last" }
  /** #31#N: without showing my number. */
  | { code: "withheld"; number: string };

const FORWARD: Readonly<Record<string, ForwardWhen>> = { "21": "always", "67": "busy", "61": "noAnswer", "62": "unreachable" };
/** Longest first where one code begins another. */
const FORMS: readonly [RegExp, (match: RegExpExecArray) => FeatureCode | null][] = [
  [/^\*\*([0-9]{2,6})$/, ([, number]) => ({ code: "intercom", number: number! })],
  [/^\*(21|61|62|67)\*([+0-9]{2,20})#?$/, ([, which, number]) => ({ code: "forward-on", when: FORWARD[which!]!, number: number! })],
  [/^##?(21|61|62|67)#$/, ([, which]) => ({ code: "forward-off", when: FORWARD[which!]! })],
  [/^##?002#$/, () => ({ code: "forwards-off" })],
  [/^#31#([+0-9]{2,20})$/, ([, number]) => ({ code: "withheld", number: number! })],
  [/^\*7([89])#?$/, ([, which]) => ({ code: "do-not-disturb", on: which === "8" })],
  [/^#78#$/, () => ({ code: "do-not-disturb", on: false })],
  [/^\*97#?$/, () => ({ code: "voicemail" })],
  [/^\*98#?$/, () => ({ code: "greeting", own: true })],
  [/^#98#$/, () => ({ code: "greeting", own: false })],
  [/^\*66#?$/, () => ({ code: "call-back", on: true })],
  [/^#66#$/, () => ({ code: "call-back", on: false })],
  [/^\*69#?$/, () => ({ code: "call-last" })],
  [/^\*3#?$/, () => ({ code: "conference" })],
  [/^\*5#?$/, () => ({ code: "park" })],
  [/^\*8([0-9]{2,6})?$/, ([, number]) => ({ code: "pick-up", number: number ?? null })],
  [/^\*0([0-9]{1,3})$/, ([, digits]) => ({ code: "speed-dial", digits: digits! })],
];

/** What a person typed, as a code; null = it is none. */
export function readFeatureCode(dialled: string): FeatureCode | null {
  if (!dialled.startsWith("*") && !dialled.startsWith("#")) return null;
  for (const [form, read] of FORMS) {
    const match = form.exec(dialled);
    if (match) return read(match);
  }
  return null;
}
