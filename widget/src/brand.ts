/** A site's colour, and which of white or black reads better on it: one of them always has 4.5:1 (WCAG 2). */

export interface Brand {
  color: string;
  on: string;
}

const DEFAULT = "#3b2c20";

export function brandOf(given: string | undefined): Brand {
  const color = given !== undefined && /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(given.trim()) ? given.trim() : DEFAULT;
  return { color, on: contrast(color, "#ffffff") >= contrast(color, "#000000") ? "#ffffff" : "#000000" };
}

export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)].sort((m, n) => n - m) as [number, number];
  return (x + 0.05) / (y + 0.05);
}

function luminance(hex: string): number {
  const digits = hex.length === 4 ? [...hex.slice(1)].map((d) => d + d).join("") : hex.slice(1);
  const [r, g, b] = [0, 2, 4].map((i) => {
    const c = Number.parseInt(digits.slice(i, i + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
