/** The demonstration basket, kept in this browser. */
import { FINISHES, PRODUCTS } from "./products.ts";
import type { Finish, ProductId } from "./products.ts";

export interface Line {
  product: ProductId;
  finish: Finish;
  cable: number | null;
  quantity: number;
}

const KEY = "halo-basket";
/** A demonstration needs no more, and a storage written by hand cannot fill the page. */
const MAX_LINES = 20;

export const basket = {
  lines(): Line[] {
    let kept: unknown;
    try {
      kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    } catch {
      return []; // not ours: begin again
    }
    return Array.isArray(kept) ? kept.filter(isLine).slice(0, MAX_LINES) : [];
  },
  add(line: Line): void {
    const lines = basket.lines();
    const same = lines.find((l) => l.product === line.product && l.finish === line.finish && l.cable === line.cable);
    if (same === undefined) lines.push(line);
    else same.quantity += line.quantity;
    localStorage.setItem(KEY, JSON.stringify(lines.slice(0, MAX_LINES)));
  },
  remove(index: number): void {
    localStorage.setItem(KEY, JSON.stringify(basket.lines().filter((_, i) => i !== index)));
  },
};

export function basketCount(): number {
  return basket.lines().reduce((sum, line) => sum + line.quantity, 0);
}

function isLine(v: unknown): v is Line {
  if (typeof v !== "object" || v === null) return false;
  const l = v as Partial<Line>;
  return PRODUCTS.some((p) => p.id === l.product) && FINISHES.some((f) => f.id === l.finish) && Number.isInteger(l.quantity) && (l.cable === null || typeof l.cable === "number");
}
