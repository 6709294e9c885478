/**
 * Messages with emphasis: `<b>{queue}</b> dépasse {limit} d’attente`. `<b>` is the only tag, tags do not nest. Values cannot
 * make tags: they enter after the split, so a customer named "<b>" stays text.
 */
import { createElement, Fragment } from "react";
import type { ReactNode } from "react";
import { useT } from "./i18n.ts";
import type { Key, T, Values } from "./i18n.ts";

export interface RichPart {
  text: string;
  strong: boolean;
}

export function richParts(t: T, key: Key, values: Values = {}): RichPart[] {
  // Private-use characters stand for string values while the tags are read; numbers stay, plurals need them.
  const kept: string[] = [];
  const masked: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === "number") masked[name] = value;
    else masked[name] = `\ue000${kept.push(value) - 1}\ue001`;
  }
  return t(key, masked)
    .split(/<b>(.*?)<\/b>/s)
    .map((piece, i) => ({
      text: piece.replace(/\ue000(\d+)\ue001/g, (_, n: string) => kept[Number(n)] ?? ""),
      strong: i % 2 === 1,
    }))
    .filter((part) => part.text !== "");
}

export function Rich({ k, values }: { k: Key; values?: Values }): ReactNode {
  const t = useT();
  return createElement(
    Fragment,
    null,
    ...richParts(t, k, values).map((part) => (part.strong ? createElement("strong", null, part.text) : part.text)),
  );
}
