import type { Formatters } from "../i18n/format.ts";

/** A number or an e-mail address as people write it; a visitor's technical id says nothing, hence undefined. */
export function readableAddress(address: string, format: Pick<Formatters, "phone">): string | undefined {
  if (/^\+?\d{2,15}$/.test(address)) return format.phone(address);
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address) ? address : undefined;
}
