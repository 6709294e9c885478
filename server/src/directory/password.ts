import { scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Chance } from "../base/chance.ts";

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);
/** OWASP Password Storage Cheat Sheet, scrypt: N=2^16, r=8, p=2 (64 MiB and half a second of a processor while it runs). */
export const PASSWORD_LOG_N = 16;
const COST = { r: 8, p: 2, maxmem: 256 * 1024 * 1024 };
const KEY_BYTES = 32;

/** `scrypt$N$r$p$salt$key`, base64url; the parameters travel along so that they may grow. Only tests ask for less than the whole cost. */
export async function hashPassword(password: string, chance: Chance, logN = PASSWORD_LOG_N): Promise<string> {
  const N = 2 ** logN;
  const salt = Buffer.from(chance.bytes(16));
  const key = await derive(password.normalize("NFKC"), salt, KEY_BYTES, { N, ...COST });
  return ["scrypt", N, COST.r, COST.p, salt.toString("base64url"), key.toString("base64url")].join("$");
}

/** Spent too on unknown logins and on those without a password, so that a guess learns nothing from the time it takes. */
const DECOY = "scrypt$65536$8$2$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const real = stored !== null && stored !== "";
  const [scheme, n, r, p, salt, key] = (real ? stored : DECOY).split("$");
  if (scheme !== "scrypt" || !n || !r || !p || !salt || !key) return false;
  const expected = Buffer.from(key, "base64url");
  const cost = { N: Number(n), r: Number(r), p: Number(p), maxmem: COST.maxmem };
  const got = await derive(password.normalize("NFKC"), Buffer.from(salt, "base64url"), expected.length, cost);
  return timingSafeEqual(got, expected) && real;
}

const SYLLABLES = "ba be bi bo bu da de di do du fa fe fi fo fu ga go gu ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu pa pe pi po pu ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo vu za ze zi zo zu".split(" ");

/** A generated password that a person can type: `kobi-tarun-...`, 60 bits. */
export function newPassword(chance: Chance): string {
  const bytes = chance.bytes(10);
  const parts: string[] = [];
  for (let i = 0; i < 10; i++) parts.push(SYLLABLES[bytes[i]! & 63]!);
  return [parts.slice(0, 3), parts.slice(3, 6), parts.slice(6, 10)].map((p) => p.join("")).join("-");
}
