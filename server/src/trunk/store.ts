/**
 * What administrators wrote of the ways outside. Small and read at every call, so it lives in memory; every write goes to PostgreSQL
 * first, one after another.
 */
import type { OutboundRoute, StirSettings, Trunk, TrunkBody } from "@tandem/protocol";
import type { Chance } from "../base/chance.ts";
import type { Clock } from "../base/clock.ts";
import { newId } from "../base/ids.ts";
import { takesTurns } from "../base/in-turn.ts";
import { type Db, DbError } from "../db/db.ts";
import type { Seal } from "./sealed.ts";
import { readNetwork } from "./networks.ts";
import { readPrivateKey } from "./stir/keys.ts";

export type TrunkRow = Trunk & { id: string };
export type RouteRow = OutboundRoute & { id: string };

export interface TrunkRefusal {
  ok: false;
  code: "taken" | "in-use" | "not-found" | "unknown-reference" | "contradiction" | "bad-input";
  field?: string;
}
export type TrunkWritten = { ok: true; id: string } | TrunkRefusal;

export interface TrunkStore {
  trunks(): TrunkRow[];
  trunk(id: string): TrunkRow | null;
  /** "" when there is none, or when the key that sealed it is gone. */
  password(id: string): string;
  routes(): RouteRow[];
  stir(): StirSettings;
  /** PEM; null = not set. */
  stirKey(): string | null;
  putTrunk(id: string | null, body: TrunkBody): Promise<TrunkWritten>;
  putRoute(id: string | null, body: OutboundRoute): Promise<TrunkWritten>;
  /** `privateKey` null keeps the stored one. */
  putStir(settings: StirSettings, privateKey: string | null): Promise<TrunkWritten>;
  remove(kind: "trunk" | "route", id: string): Promise<TrunkWritten>;
  onChange(hear: (change: { kind: "trunk" | "route" | "stir"; id: string; gone: boolean }) => void): void;
}

const NO_STIR: StirSettings = { certificateUrl: "", certificate: "", roots: [], allowedHosts: [], attestAs: "A" };

export async function createTrunkStore({ db, clock, chance, seal }: { db: Db; clock: Clock; chance: Chance; seal: Seal }): Promise<TrunkStore> {
  const trunks = new Map<string, TrunkRow>();
  const passwords = new Map<string, string>();
  const routes = new Map<string, RouteRow>();
  let stir = NO_STIR;
  let stirKey: string | null = null;
  const hearers: Parameters<TrunkStore["onChange"]>[0][] = [];
  /** Each write checks what the one before it left. */
  const inTurn = takesTurns();
  const written = async (write: () => Promise<unknown>): Promise<TrunkRefusal | null> => {
    try {
      await write();
      return null;
    } catch (error) {
      if (error instanceof DbError && error.code === "duplicate") return { ok: false, code: "taken", field: "name" };
      throw error;
    }
  };
  const tell = (kind: "trunk" | "route" | "stir", id: string, gone = false): void => {
    for (const hear of hearers) hear({ kind, id, gone });
  };

  for (const row of await db.query<{ id: string; body: Trunk; password: string | null }>("SELECT id, body, password FROM trunk ORDER BY name")) {
    trunks.set(row.id, { ...row.body, id: row.id });
    const password = row.password === null ? null : seal.open(row.password, row.id);
    if (password !== null) passwords.set(row.id, password);
  }
  for (const row of await db.query<{ id: string; body: OutboundRoute }>("SELECT id, body FROM outbound_route ORDER BY name")) routes.set(row.id, { ...row.body, id: row.id });
  for (const row of await db.query<{ body: StirSettings; private_key: string | null }>("SELECT body, private_key FROM stir")) {
    stir = row.body;
    stirKey = row.private_key === null ? null : seal.open(row.private_key, "stir");
  }

  return {
    trunks: () => [...trunks.values()],
    trunk: (id) => trunks.get(id) ?? null,
    password: (id) => passwords.get(id) ?? "",
    routes: () => [...routes.values()],
    stir: () => stir,
    stirKey: () => stirKey,
    putTrunk: (given, { password, ...body }) =>
      inTurn(async () => {
        if (given !== null && !trunks.has(given)) return { ok: false, code: "not-found" };
        const id = given ?? newId("trk", clock.now(), chance);
        if (body.addresses.some((address) => readNetwork(address) === null)) return { ok: false, code: "bad-input", field: "addresses" };
        // it is written into From and the Request-URI as it stands
        if (!/^[A-Za-z0-9._:[\]-]*$/.test(body.domain)) return { ok: false, code: "bad-input", field: "domain" };
        if (body.registers && body.username === "") return { ok: false, code: "contradiction", field: "username" };
        if (body.callerNumber.mode === "fixed" && body.callerNumber.number === null) return { ok: false, code: "contradiction", field: "callerNumber" };
        const refusal = await written(() =>
          db.query("INSERT INTO trunk (id, name, body, password) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET name = $2, body = $3, password = coalesce($4, trunk.password)", [
            id, body.name, JSON.stringify(body), password === null ? null : seal.close(password, id),
          ]),
        );
        if (refusal) return refusal;
        trunks.set(id, { ...body, id });
        if (password !== null) passwords.set(id, password);
        tell("trunk", id);
        return { ok: true, id };
      }),
    putRoute: (given, body) =>
      inTurn(async () => {
        if (given !== null && !routes.has(given)) return { ok: false, code: "not-found" };
        if (body.trunks.some(({ trunkId }) => !trunks.has(trunkId))) return { ok: false, code: "unknown-reference", field: "trunks" };
        const id = given ?? newId("rte", clock.now(), chance);
        const refusal = await written(() => db.query("INSERT INTO outbound_route (id, name, body) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET name = $2, body = $3", [id, body.name, JSON.stringify(body)]));
        if (refusal) return refusal;
        routes.set(id, { ...body, id });
        tell("route", id);
        return { ok: true, id };
      }),
    putStir: (settings, privateKey) =>
      inTurn(async () => {
        const key = privateKey === null ? stirKey : privateKey || null; // "" takes it away
        const signs = settings.certificateUrl !== "" || settings.certificate !== "";
        if (signs && (key === null || !readPrivateKey(key, settings.certificate))) return { ok: false, code: "contradiction", field: "privateKey" };
        await db.query("INSERT INTO stir (id, body, private_key) VALUES ('stir', $1, $2) ON CONFLICT (id) DO UPDATE SET body = $1, private_key = $2", [
          JSON.stringify(settings), key === null ? null : seal.close(key, "stir"),
        ]);
        stir = settings;
        stirKey = key;
        tell("stir", "stir");
        return { ok: true, id: "stir" };
      }),
    remove: (kind, id) =>
      inTurn(async () => {
        const rows = kind === "trunk" ? trunks : routes;
        if (!rows.has(id)) return { ok: false, code: "not-found" };
        if (kind === "trunk" && [...routes.values()].some((route) => route.trunks.some(({ trunkId }) => trunkId === id))) return { ok: false, code: "in-use" };
        await db.query(kind === "trunk" ? "DELETE FROM trunk WHERE id = $1" : "DELETE FROM outbound_route WHERE id = $1", [id]);
        rows.delete(id);
        if (kind === "trunk") passwords.delete(id);
        tell(kind, id, true);
        return { ok: true, id };
      }),
    onChange: (hear) => void hearers.push(hear),
  };
}
