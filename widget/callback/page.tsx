/** The page behind the link of a promised call: says what is promised, moves it and cancels it. Nobody signs in: who has the link has the promise. */
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { brandOf } from "../src/brand.ts";
import { serverOf } from "../src/server.ts";
import { CallbackPane } from "../src/ui/callback-pane.tsx";
import { Mark } from "../src/ui/icons.tsx";
import { useModel } from "../src/ui/model.ts";
import type { PromiseModel } from "../src/ui/model.ts";
import more from "../src/ui/more.css?inline";
import { Promised } from "../src/ui/promised.tsx";
import style from "../src/ui/style.css?inline";
import { WORDS } from "../src/words.ts";
import type { Lang } from "../src/words.ts";
import { LinkedPromise } from "./linked-promise.ts";
import css from "./page.css?inline";
import { PAGE_WORDS } from "./page-words.ts";
import type { PageWords } from "./page-words.ts";

/** Places and times change while somebody looks. */
const LOOK_AGAIN_MS = 30_000;

const lang: Lang = (navigator.languages.find((tag) => /^(?:fr|en)\b/i.test(tag)) ?? "en").toLowerCase().startsWith("fr") ? "fr" : "en";
const w = PAGE_WORDS[lang];
const ownZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
const listeners = new Set<() => void>();
const linked = new LinkedPromise(serverOf(import.meta.url), decodeURIComponent(location.pathname.split("/").at(-1) ?? ""), () => {
  for (const listener of listeners) listener();
});
const model: PromiseModel = {
  offer: linked,
  language: () => lang,
  subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function Page() {
  useModel(model);
  const { promise, missing } = linked.view;
  const [moving, setMoving] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = promise === null ? w.title : `${w.title} - ${promise.centreName}`;
  }, [promise]);
  const open = promise?.state === "waiting" || promise?.state === "calling";
  const away = promise !== null && promise.slot !== null && ownZone !== promise.timeZone;
  const moved = (): void => {
    setMoving(false);
    requestAnimationFrame(() => heading.current?.focus());
  };
  return (
    <div class="tandem callback-page" lang={lang}>
      <main>
        {promise !== null && <p class="centre">{promise.centreName}</p>}
        {moving && promise?.state === "waiting" ? (
          <>
            <h1 class="hidden">{w.title}</h1>
            <CallbackPane model={model} onDone={moved} level="h2" />
          </>
        ) : (
          <div class="about" aria-live="polite">
            <h1 ref={heading} tabIndex={-1}>{w.title}</h1>
            {promise !== null && open && <Promised model={model} onMove={() => setMoving(true)} />}
            {promise !== null && !open && <Said said={w.over[promise.state as keyof PageWords["over"]]} />}
            {missing === "loading" && <p class="soft">{w.loading}</p>}
            {missing !== null && missing !== "loading" && <Said said={w.missing[missing] ?? w.failed} />}
            {missing !== null && missing !== "loading" && missing !== "not-found" && missing !== "bad-input" && (
              <button type="button" class="secondary" onClick={() => void linked.refresh()}>
                {w.again}
              </button>
            )}
            {away && open && <p class="own-clock">{w.ownClock}</p>}
          </div>
        )}
      </main>
      <footer class="powered">
        {WORDS[lang].poweredBy} <Mark /> <b>Tandem</b>
      </footer>
    </div>
  );
}

function Said({ said: [what, then] }: { said: readonly [string, string] }) {
  return (
    <>
      <h2>{what}</h2>
      <p class="soft">{then}</p>
    </>
  );
}

document.documentElement.lang = lang;
document.title = w.title;
const host = document.createElement("tandem-callback");
const root = host.attachShadow({ mode: "open" });
root.adoptedStyleSheets = [style, more, css].map((text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
});
const brand = brandOf(undefined);
host.style.setProperty("--brand", brand.color);
host.style.setProperty("--on-brand", brand.on);
document.fonts.add(new FontFace("Tandem Geist", `url("${new URL("./geist.woff2", import.meta.url).href}") format("woff2")`, { weight: "100 900", display: "swap" }));
const mount = document.createElement("div");
root.append(mount);
document.body.append(host);
render(<Page />, mount);
void linked.refresh();
const lookAgain = (): void => {
  if (document.visibilityState === "visible") void linked.refresh();
};
setInterval(lookAgain, LOOK_AGAIN_MS);
document.addEventListener("visibilitychange", lookAgain);
