/** The lamps, drawn. Colours come from classes (shop.css), so that light, dark and finishes change without drawing again. */
import type { Finish, ProductId } from "./products.ts";

export interface Scene {
  product: ProductId;
  finish: Finish;
  /** Cable in cm; moves the pendant. */
  cable?: number;
  /** room: the whole picture; object: the lamp alone on a plain ground. */
  crop: "room" | "object";
  /** Words for readers; null where the words are beside it. */
  label: string | null;
}

let drawn = 0;

export function scene({ product, finish, cable = 70, crop, label }: Scene): string {
  const id = `s${++drawn}`;
  const drop = Math.round((cable - 70) * 0.9);
  const lamp = product === "alba" ? alba(id, drop) : product === "orphee" ? orphee(id) : lune(id);
  const box = crop === "room" ? "0 0 536 640" : product === "alba" ? "128 96 280 224" : product === "orphee" ? "88 232 360 288" : "118 160 300 240";
  const named = label === null ? 'aria-hidden="true"' : `role="img" aria-label="${label}"`;
  return `<svg class="scene ${finish}" viewBox="${box}" preserveAspectRatio="xMidYMid slice" ${named}>
${defs(id)}
${crop === "room" ? room(id, product) : `<rect class="ground" x="0" y="0" width="536" height="640"/>`}
${lamp}
${crop === "room" && product === "alba" ? things(id) : ""}${crop === "room" && product === "lune" ? bench(id) : ""}${crop === "room" && product === "orphee" ? desk() : ""}
</svg>`;
}

function defs(id: string): string {
  return `<defs>
<linearGradient id="${id}wall" x1="0" y1="0" x2="0" y2="1"><stop class="wall-1"/><stop offset="1" class="wall-2"/></linearGradient>
<radialGradient id="${id}halo" cx=".5" cy=".5" r=".5"><stop class="glow" stop-opacity=".9"/><stop offset=".45" class="glow" stop-opacity=".34"/><stop offset="1" class="glow" stop-opacity="0"/></radialGradient>
<linearGradient id="${id}cone" x1="0" y1="0" x2="0" y2="1"><stop class="glow" stop-opacity=".92"/><stop offset=".55" class="glow" stop-opacity=".34"/><stop offset="1" class="glow" stop-opacity="0"/></linearGradient>
<linearGradient id="${id}metal" x1="0" y1="0" x2="1" y2="0"><stop class="m-1"/><stop offset=".24" class="m-2"/><stop offset=".52" class="m-3"/><stop offset="1" class="m-4"/></linearGradient>
<linearGradient id="${id}lit" x1="0" y1="0" x2="0" y2="1"><stop class="lit-1"/><stop offset="1" class="lit-2"/></linearGradient>
<linearGradient id="${id}top" x1="0" y1="0" x2="1" y2="0"><stop class="wood-1"/><stop offset=".45" class="wood-lit"/><stop offset="1" class="wood-1"/></linearGradient>
<linearGradient id="${id}front" x1="0" y1="0" x2="0" y2="1"><stop class="wood-2"/><stop offset="1" class="wood-3"/></linearGradient>
<linearGradient id="${id}vase" x1="0" y1="0" x2="1" y2="0"><stop class="clay-1"/><stop offset=".4" class="clay-2"/><stop offset="1" class="clay-3"/></linearGradient>
<radialGradient id="${id}opal" cx=".42" cy=".4" r=".65"><stop class="opal-1"/><stop offset=".6" class="opal-2"/><stop offset="1" class="opal-3"/></radialGradient>
<filter id="${id}soft" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="14"/></filter>
<filter id="${id}blur" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="4"/></filter>
</defs>`;
}

function room(id: string, product: ProductId): string {
  const panels = [[30, 140], [208, 140], [386, 140]].map(([x, w]) => `<rect class="mould" x="${x}" y="60" width="${w}" height="400"/>`).join("");
  const table =
    product === "lune"
      ? ""
      : `<rect x="0" y="528" width="536" height="25" fill="url(#${id}top)"/><rect x="0" y="552" width="536" height="88" fill="url(#${id}front)"/>
<path class="grain" d="M0 575q140 6 268 0t268 4M0 598q160-6 300 1t236-3M0 620q120 5 260-1t276 3"/>`;
  return `<rect width="536" height="640" fill="url(#${id}wall)"/>${panels}${table}`;
}

function alba(id: string, drop: number): string {
  const floor = 530 - drop;
  return `<g transform="translate(0 ${drop})">
<ellipse cx="268" cy="262" rx="250" ry="190" fill="url(#${id}halo)" opacity=".55"/>
<path class="beam" filter="url(#${id}soft)" d="M170 256 40 ${floor}H496L366 256z" fill="url(#${id}cone)"/>
<rect class="cord" x="267" y="-120" width="2.4" height="268"/>
<rect x="261" y="145" width="14" height="24" rx="3" fill="url(#${id}metal)"/>
<path d="M163 254c0-56 45-90 105-90s105 34 105 90q-105 10-210 0z" fill="url(#${id}metal)"/>
<path class="shine" filter="url(#${id}blur)" d="M194 228c8-24 30-42 56-49" />
<ellipse cx="268" cy="255" rx="105" ry="11" fill="url(#${id}lit)"/>
<ellipse class="rim" cx="268" cy="255" rx="105" ry="11"/>
</g>`;
}

function orphee(id: string): string {
  return `<ellipse cx="268" cy="380" rx="250" ry="210" fill="url(#${id}halo)" opacity=".85"/>
<path filter="url(#${id}soft)" d="M186 398 96 536H440L350 398z" fill="url(#${id}cone)" opacity=".8"/>
<ellipse class="shadow" cx="268" cy="533" rx="78" ry="7" filter="url(#${id}blur)"/>
<path d="M262 398h12v84q0 10 9 15l-30 0q9-5 9-15z" fill="url(#${id}metal)"/>
<ellipse cx="268" cy="452" rx="12" ry="14" fill="url(#${id}metal)"/>
<path d="M208 530q0-34 60-36 60 2 60 36-60 8-120 0z" fill="url(#${id}metal)"/>
<path d="M218 262h100l44 134q-94 14-188 0z" fill="url(#${id}opal)"/>
<path class="weave" d="M230 264 196 398M243 263l-22 138M256 262l-8 141M268 262v142M281 262l8 141M293 263l22 138M306 264l34 134"/>
<ellipse class="rim-soft" cx="268" cy="262" rx="50" ry="5"/>`;
}

function lune(id: string): string {
  return `<ellipse cx="268" cy="280" rx="262" ry="262" fill="url(#${id}halo)"/>
<circle cx="268" cy="280" r="92" fill="url(#${id}metal)"/>
<circle class="rim-soft" cx="268" cy="280" r="86"/>
<circle cx="268" cy="280" r="62" filter="url(#${id}soft)" class="glow-fill"/>
<circle cx="268" cy="280" r="60" fill="url(#${id}opal)"/>`;
}

function things(id: string): string {
  const leaves: readonly (readonly [number, number, number])[] = [[402, 356, -38], [452, 346, 28], [392, 386, -20], [476, 368, 34], [408, 410, -30], [474, 398, 14], [432, 330, -6], [456, 420, 30], [426, 372, -24], [444, 388, 34]];
  return `<g>
<ellipse class="shadow" cx="158" cy="536" rx="70" ry="7" filter="url(#${id}blur)"/>
<circle class="fruit-2" cx="126" cy="492" r="15"/><circle class="fruit-1" cx="154" cy="489" r="17"/><circle class="fruit-3" cx="184" cy="493" r="15"/>
<path class="bowl" d="M92 499H224q-4 37-50 37H142q-46 0-50-37z"/><path class="bowl-lip" d="M92 499H224l-1 8H93z"/>
</g><g>
<ellipse class="shadow" cx="430" cy="535" rx="44" ry="6" filter="url(#${id}blur)"/>
<path class="stem" d="M430 442c-2-40-10-66-28-86M430 442c0-44 6-70 24-96M430 430c8-30 22-46 44-62M428 424c-6-22-16-32-36-38M431 410c12-12 24-12 42-12M430 442V330"/>
${leaves.map(([x, y, r]) => `<ellipse class="leaf" cx="${x}" cy="${y}" rx="6" ry="11" transform="rotate(${r} ${x} ${y})"/>`).join("")}
<path d="M414 437h32q-2 16 8 32c12 20 12 46 2 67h-52c-10-21-10-47 2-67 10-16 10-24 8-32z" fill="url(#${id}vase)"/>
</g>`;
}

function desk(): string {
  return `<g class="books"><rect class="book-1" x="384" y="512" width="112" height="17" rx="2"/><rect class="book-2" x="392" y="496" width="96" height="16" rx="2"/><rect class="book-3" x="380" y="481" width="104" height="15" rx="2"/></g>
<g><path class="cup" d="M76 496h52q-1 34-18 34H94q-17 0-18-34z"/><path class="cup-line" d="M128 502q16-1 15 10t-20 11"/></g>`;
}

function bench(id: string): string {
  return `<rect class="floor" x="0" y="592" width="536" height="48"/>
<rect x="96" y="500" width="344" height="20" rx="3" fill="url(#${id}top)"/><path class="leg" d="M120 520l-10 84M416 520l10 84M150 520l-4 80M386 520l4 80"/>
<rect class="pillow" x="130" y="456" width="96" height="46" rx="14"/>`;
}
