/** What not every visitor meets: promised calls and the form that asks for one, the rating of a conversation, the device's position. A chunk apart, fetched when first needed, with a Preact root of its own. */
import { render } from "preact";
import type { JSX } from "preact";
import { CallbackPane } from "./ui/callback-pane.tsx";
import { Closing } from "./ui/closing.tsx";
import type { Model } from "./ui/model.ts";
import css from "./ui/more.css?inline";
import { Position } from "./ui/position.tsx";
import { Promised } from "./ui/promised.tsx";

export type What = "form" | "promised" | "position" | "closing";

let sheet: CSSStyleSheet | null = null;

/** `form`: `go` when it is done. `promised`: `go` opens the form. `closing`: `go` gives the keyboard back. Draws into `box`; the answer takes it away. */
export function mount(box: HTMLElement, model: Model, what: What, go: () => void): () => void {
  const root = box.getRootNode();
  if (root instanceof ShadowRoot) {
    if (sheet === null) (sheet = new CSSStyleSheet()).replaceSync(css);
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  }
  const parts: Record<What, () => JSX.Element> = {
    form: () => <CallbackPane model={model} onDone={go} />,
    promised: () => <Promised model={model} onMove={go} />,
    closing: () => <Closing model={model} refocus={go} />,
    position: () => <Position model={model} />,
  };
  render(parts[what](), box);
  return () => render(null, box);
}
