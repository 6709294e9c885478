/** The demonstration shop: what a company's site around the widget may look like, and how it tells the widget about the page. */
import type { TandemApi } from "../src/tandem.ts";
import "./shop.css";
import { basket, basketCount, type Line } from "./basket.ts";
import { FINISHES, price, PRODUCTS } from "./products.ts";
import type { Finish, Lang, Product } from "./products.ts";
import { scene } from "./scenes.ts";
import { shopWords } from "./shop-words.ts";

const query = new URLSearchParams(location.search);
const asked = query.get("lang") ?? navigator.language;
const lang: Lang = asked.toLowerCase().startsWith("fr") ? "fr" : "en";
const w = shopWords[lang];
const root = document.documentElement;
root.lang = lang;

const THEME_KEY = "halo-theme";
applyTheme(query.get("theme") ?? localStorage.getItem(THEME_KEY));

/** Keeps an explicit choice of language from page to page. */
const to = (page: string): string => {
  const [path, hash] = page.split("#");
  return `${path}${query.has("lang") ? `?lang=${lang}` : ""}${hash === undefined ? "" : `#${hash}`}`;
};

const pageId = document.body.dataset["page"];
const product = PRODUCTS.find((p) => p.id === pageId);

/** What this page says of itself to the adviser. */
function tellTandem(about: Record<string, string>): void {
  const tell = (tandem: TandemApi): void => tandem.setPage({ about });
  if (window.Tandem !== undefined) tell(window.Tandem);
  else addEventListener("tandem:ready", () => window.Tandem && tell(window.Tandem), { once: true });
}

document.querySelector("#shop")!.innerHTML = `<a class="skip" href="#main">${w.skip}</a>${header()}<main id="main">${product ? productPage(product) : home()}</main>${footer()}<dialog class="basket" aria-labelledby="basket-title"></dialog><p class="said" role="status"></p>`;
document.title = product ? `${product.name[lang]} — Halo & Fils` : `Halo & Fils — ${w.tagline}`;
wire();
if (product) wireProduct(product);
else tellTandem({ page: w.homeAbout, ...basketAbout() });

function header(): string {
  const nav = PRODUCTS.map((p) => `<a href="${to(`./${p.id}.html`)}"${p.id === pageId ? ' aria-current="page"' : ""}>${p.family[lang]}</a>`).join("");
  const other = lang === "fr" ? "en" : "fr";
  return `<header><a class="brand" href="${to("./index.html")}">Halo <i>&amp;</i> Fils</a>
<nav aria-label="${w.nav}">${nav}<a href="${to("./index.html#atelier")}">${w.workshop}</a></nav>
<div class="tools"><a class="lang" href="?lang=${other}" lang="${other}" hreflang="${other}">${other === "fr" ? "Français" : "English"}</a>
<button type="button" class="theme" aria-label="${w.theme}" title="${w.theme}"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M20.99 12.49A9 9 0 1 1 11.5 3a7 7 0 0 0 9.5 9.49"/></svg></button>
<button type="button" class="bag" aria-label="${w.basket}" title="${w.basket}"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M16 10a4 4 0 0 1-8 0M3.1 6.03h17.8M3.4 5.47A2 2 0 0 0 3 6.67V20a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2V6.67a2 2 0 0 0-.4-1.2l-2-2.67A2 2 0 0 0 17 2H7a2 2 0 0 0-1.6.8z"/></svg><b hidden></b></button></div></header>`;
}

function home(): string {
  const cards = PRODUCTS.map(
    (p) => `<li><a href="${to(`./${p.id}.html`)}"><span class="frame">${scene({ product: p.id, finish: "brass", crop: "object", label: null })}</span><b>${p.name[lang]}</b><span>${price(p.priceCents, lang)}</span></a></li>`,
  ).join("");
  return `<section class="hero"><div><h1>${w.heroTitle}</h1><p>${w.heroText}</p><a class="buy" href="${to("./alba.html")}">${w.heroButton}</a></div>
<div class="frame">${scene({ product: "alba", finish: "brass", crop: "room", label: w.altRoom })}</div></section>
<section class="cards"><h2>${w.pieces}</h2><ul>${cards}</ul></section>
<section class="atelier" id="atelier"><div class="frame">${scene({ product: "orphee", finish: "brass", crop: "room", label: w.altOrphee })}</div><div><h2>${w.workshopTitle}</h2><p>${w.workshopText}</p><p>${w.workshopText2}</p>
<h2>${w.helpTitle}</h2><p>${w.helpText}</p><p class="help"><button type="button" class="buy" data-tandem-open>${w.helpWrite}</button><button type="button" class="quiet" data-tandem-call>${w.helpCall}</button></p></div></section>`;
}

function productPage(p: Product): string {
  const swatches = FINISHES.map((f, i) => `<label class="swatch ${f.id}"><input type="radio" name="finish" value="${f.id}"${i === 0 ? " checked" : ""}><span class="hidden">${f.name[lang]}</span></label>`).join("");
  const cable = p.cable
    ? `<div class="cable"><label for="cable">${p.cable.label[lang]}</label><output for="cable"></output><input id="cable" type="range" min="${p.cable.min}" max="${p.cable.max}" step="5" value="${p.cable.usual}"><span>${p.cable.min}</span><span>${p.cable.max}</span></div>`
    : "";
  const facts = p.facts.map((f) => `<div><dt>${f.label[lang]}</dt><dd>${f.value[lang]}</dd></div>`).join("");
  const thumbs = (["room", "brass", "black", "chalk"] as const)
    .map((t, i) => {
      const name = t === "room" ? w.viewRoom : w.viewObject(FINISHES.find((f) => f.id === t)!.name[lang]);
      return `<button type="button" class="thumb ${t}" data-view="${t}" aria-pressed="${i === 0}" aria-label="${name}">${scene({ product: p.id, finish: t === "room" ? "brass" : t, crop: t === "room" ? "room" : "object", label: null })}</button>`;
    })
    .join("");
  return `<div class="product"><div class="look"><div class="frame" id="picture"></div><div class="thumbs" role="group" aria-label="${w.views}">${thumbs}</div></div>
<div class="choose"><p class="crumbs">${p.family[lang]} › ${p.shortName}</p><h1>${p.name[lang]}</h1>
<p class="rating"><span aria-hidden="true">★★★★★</span> ${p.rating[lang]}</p><p class="price">${price(p.priceCents, lang)}</p><p class="pitch">${p.pitch[lang]}</p>
<form><fieldset><legend>${w.finish}</legend><div class="swatches">${swatches}</div></fieldset>${cable}
<div class="order"><div class="count"><button type="button" data-step="-1" aria-label="${w.less}">−</button><output aria-label="${w.quantity}">1</output><button type="button" data-step="1" aria-label="${w.more}">+</button></div><button type="submit" class="buy">${w.add}</button></div></form>
<dl>${facts}</dl></div></div>`;
}

function footer(): string {
  return `<footer><p>Halo &amp; Fils, ${w.tagline}</p><p>${w.demo}</p></footer>`;
}

function wire(): void {
  const dialog = document.querySelector<HTMLDialogElement>("dialog.basket")!;
  document.querySelector(".bag")!.addEventListener("click", () => {
    drawBasket(dialog);
    dialog.showModal();
  });
  document.querySelector(".theme")!.addEventListener("click", () => {
    const dark = root.dataset["theme"] ? root.dataset["theme"] === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    localStorage.setItem(THEME_KEY, dark ? "light" : "dark");
    applyTheme(dark ? "light" : "dark");
  });
  document.querySelector("[data-tandem-open]")?.addEventListener("click", () => window.Tandem?.open());
  document.querySelector("[data-tandem-call]")?.addEventListener("click", () => window.Tandem?.call());
  drawCount();
}

function wireProduct(p: Product): void {
  const picture = document.querySelector("#picture")!;
  const form = document.querySelector("form")!;
  const range = form.querySelector<HTMLInputElement>("#cable");
  const count = form.querySelector<HTMLOutputElement>(".count output")!;
  let view: string = "room";
  let finish: Finish = "brass";
  const draw = (): void => {
    const cable = range === null ? undefined : Number(range.value);
    const name = FINISHES.find((f) => f.id === finish)!.name[lang];
    picture.innerHTML = scene({ product: p.id, finish, crop: view === "room" ? "room" : "object", label: `${p.name[lang]}, ${name}`, ...(cable === undefined ? {} : { cable: view === "room" ? cable : 70 }) });
    const length = form.querySelector<HTMLOutputElement>(".cable output");
    if (range !== null && length !== null) {
      length.value = `${range.value} cm`;
      const part = (Number(range.value) - Number(range.min)) / (Number(range.max) - Number(range.min));
      range.style.setProperty("--at", `${part * 100}%`);
    }
    for (const thumb of document.querySelectorAll<HTMLElement>(".thumb")) thumb.setAttribute("aria-pressed", String(view === "room" ? thumb.dataset["view"] === "room" : thumb.dataset["view"] === finish));
    form.querySelector<HTMLInputElement>(`input[value=${finish}]`)!.checked = true;
  };
  const tell = (): void =>
    tellTandem({
      [w.about.product]: p.name[lang], [w.about.price]: price(p.priceCents, lang), [w.about.finish]: FINISHES.find((f) => f.id === finish)!.name[lang],
      ...(range === null ? {} : { [w.about.cable]: `${range.value} cm` }), ...basketAbout(),
    });
  for (const thumb of document.querySelectorAll<HTMLElement>(".thumb")) {
    thumb.addEventListener("click", () => {
      const chosen = thumb.dataset["view"]!;
      view = chosen === "room" ? "room" : "object";
      if (chosen !== "room") finish = chosen as Finish;
      draw();
      tell();
    });
  }
  form.addEventListener("input", () => {
    finish = (new FormData(form).get("finish") ?? "brass") as Finish;
    draw();
  });
  form.addEventListener("change", tell);
  for (const button of form.querySelectorAll<HTMLElement>("[data-step]")) {
    button.addEventListener("click", () => (count.value = String(Math.min(9, Math.max(1, Number(count.value) + Number(button.dataset["step"]))))));
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    basket.add({ product: p.id, finish, cable: range === null ? null : Number(range.value), quantity: Number(count.value) });
    drawCount();
    document.querySelector(".said")!.textContent = w.added(p.name[lang]);
    tell();
  });
  draw();
  tell();
}

function drawCount(): void {
  const badge = document.querySelector<HTMLElement>(".bag b")!;
  const n = basketCount();
  badge.hidden = n === 0;
  badge.textContent = String(n);
  document.querySelector(".bag")!.setAttribute("aria-label", n === 0 ? w.basket : w.basketOf(n));
}

function drawBasket(dialog: HTMLDialogElement): void {
  const lines = basket.lines();
  const rows = lines
    .map((line, i) => `<li><span class="frame">${scene({ product: line.product, finish: line.finish, crop: "object", label: null })}</span><span><b>${lineName(line)}</b><small>${line.quantity} × ${price(productOf(line).priceCents, lang)}</small></span><button type="button" data-remove="${i}" aria-label="${w.remove} ${lineName(line)}">×</button></li>`)
    .join("");
  const total = lines.reduce((sum, line) => sum + line.quantity * productOf(line).priceCents, 0);
  dialog.innerHTML = `<h2 id="basket-title">${w.basket}</h2>${lines.length === 0 ? `<p>${w.empty}</p>` : `<ul>${rows}</ul><p class="total"><span>${w.total}</span><b>${price(total, lang)}</b></p>`}<p class="note">${w.demo}</p><button type="button" class="buy" data-close>${w.keepLooking}</button>`;
  dialog.querySelector("[data-close]")!.addEventListener("click", () => dialog.close());
  for (const button of dialog.querySelectorAll<HTMLElement>("[data-remove]")) {
    button.addEventListener("click", () => {
      basket.remove(Number(button.dataset["remove"]));
      drawCount();
      drawBasket(dialog);
    });
  }
}

function productOf(line: Line): Product {
  return PRODUCTS.find((p) => p.id === line.product)!;
}

function lineName(line: Line): string {
  return [productOf(line).name[lang], FINISHES.find((f) => f.id === line.finish)!.name[lang], ...(line.cable === null ? [] : [`${line.cable} cm`])].join(", ");
}

function basketAbout(): Record<string, string> {
  const lines = basket.lines();
  if (lines.length === 0) return {};
  return { [w.about.basket]: lines.map((line) => `${line.quantity} × ${lineName(line)}`).join(" ; ").slice(0, 200) };
}

function applyTheme(theme: string | null): void {
  if (theme === "light" || theme === "dark") root.dataset["theme"] = theme;
}
