/**
 * The widget on a television (CTX-02), worked by a remote control: arrows walk over what can be chosen, "back" closes. A chunk apart, fetched on
 * televisions only. The browser there has no pointer and no Tab key (HbbTV: ETSI TS 102 796, key codes of CEA-2014), and who looks sits three metres away.
 */
import type { Model } from "./ui/model.ts";
import css from "./ui/television.css?inline";

type Way = "left" | "right" | "up" | "down";

const WAYS: Readonly<Record<string, Way>> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
/** "Back" by its name, or by number where a maker gave none: 461 of HbbTV and webOS, 10009 of Tizen. */
const BACK_KEYS = new Set(["GoBack", "BrowserBack"]);
const BACK_CODES = new Set([461, 10_009]);
/** Beside the way counts so much more than along it: a row is followed before another one is entered. */
const ASIDE = 3;
/** Of what is seen of a long conversation, so much is scrolled at a press. */
const SCROLL = 0.6;

export function remoteControl(model: Model): void {
  const root = model.host.shadowRoot;
  if (!root) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets.push(sheet);
  addEventListener("keydown", (event) => {
    if (!model.open || event.defaultPrevented) return;
    if (BACK_KEYS.has(event.key) || BACK_CODES.has(event.keyCode)) {
      event.preventDefault();
      model.setOpen(false);
      return;
    }
    const way = WAYS[event.key];
    if (way === undefined) return;
    const at = root.activeElement instanceof HTMLElement ? root.activeElement : null;
    if (at instanceof HTMLTextAreaElement && (way === "left" || way === "right") && at.value !== "") return; // within what is being written
    event.preventDefault();
    const next = nearest(root, at, way);
    if (next) {
      next.focus();
      next.scrollIntoView({ block: "nearest" });
    } else scroll(root, way);
  });
}

function choosable(root: ShadowRoot): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>("button:not(:disabled), a[href], input, textarea, select")].filter((one) => one.checkVisibility({ visibilityProperty: true }));
}

/** What lies that way from where one is, the straightest first; without a place yet, the first of all. */
function nearest(root: ShadowRoot, at: HTMLElement | null, way: Way): HTMLElement | null {
  const all = choosable(root);
  if (!at || !all.includes(at)) return all[0] ?? null;
  const from = at.getBoundingClientRect();
  let found: { one: HTMLElement; far: number } | null = null;
  for (const one of all) {
    if (one === at) continue;
    const to = one.getBoundingClientRect();
    const along = { left: from.left - to.right, right: to.left - from.right, up: from.top - to.bottom, down: to.top - from.bottom }[way];
    if (along < -1) continue;
    const aside = way === "left" || way === "right" ? gap(from.top, from.bottom, to.top, to.bottom) : gap(from.left, from.right, to.left, to.right);
    const far = Math.max(0, along) + ASIDE * aside;
    if (!found || far < found.far) found = { one, far };
  }
  return found?.one ?? null;
}

/** Between two spans of one axis; 0 = they overlap. */
const gap = (a: number, b: number, c: number, d: number): number => Math.max(0, c - b, a - d);

function scroll(root: ShadowRoot, way: Way): void {
  if (way !== "up" && way !== "down") return;
  const long = [...root.querySelectorAll<HTMLElement>(".panel *")].find((one) => one.scrollHeight > one.clientHeight + 1 && getComputedStyle(one).overflowY === "auto");
  long?.scrollBy({ top: (way === "up" ? -SCROLL : SCROLL) * long.clientHeight });
}
