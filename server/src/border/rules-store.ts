import { BorderNotice, BorderRules, FraudRules } from "@tandem/protocol";
import type { Db } from "../db/db.ts";
import type { Ban } from "./bans.ts";
import { defaultBorderRules, defaultFraudRules } from "./defaults.ts";

/** Notices that are kept: the newest. */
const noticesKept = 1_000;

/** The border's rows: rules (memory answers, a write goes to the database first), bans that survive a restart, notices for administrators. */
export interface RulesStore {
  rules(): BorderRules;
  fraudRules(): FraudRules;
  putRules(rules: BorderRules): Promise<void>;
  putFraudRules(rules: FraudRules): Promise<void>;
  /** Bans that have not ended. */
  bans(nowMs: number): Promise<Ban[]>;
  /** Also drops the ones that have ended. */
  addBan(ban: Ban): Promise<void>;
  removeBan(address: string): Promise<void>;
  addNotice(notice: BorderNotice): Promise<void>;
  /** The newest first. */
  notices(most: number): Promise<BorderNotice[]>;
}

export async function createRulesStore(db: Db): Promise<RulesStore> {
  const stored = new Map((await db.query("SELECT kind, body FROM border_rules")).map((row) => [String(row["kind"]), row["body"]]));
  // a field that came with an update stands as a new centre has it
  const read = <T>(schema: { parse(value: unknown): T }, kind: string, fallback: T): T => schema.parse({ ...fallback, ...(stored.get(kind) as object | undefined) });
  let rules = read(BorderRules, "border", defaultBorderRules);
  let fraudRules = read(FraudRules, "fraud", defaultFraudRules);
  const put = async (kind: string, body: unknown): Promise<void> => {
    await db.query("INSERT INTO border_rules (kind, body) VALUES ($1, $2) ON CONFLICT (kind) DO UPDATE SET body = EXCLUDED.body", [kind, JSON.stringify(body)]);
  };
  return {
    rules: () => rules,
    fraudRules: () => fraudRules,
    async putRules(next) {
      await put("border", next);
      rules = next;
    },
    async putFraudRules(next) {
      await put("fraud", next);
      fraudRules = next;
    },
    async bans(nowMs) {
      const rows = await db.query("SELECT address, why, since_ms, until_ms, refused FROM border_ban WHERE until_ms > $1", [nowMs]);
      return rows.map((row) => ({ address: String(row["address"]), why: String(row["why"]), sinceMs: Number(row["since_ms"]), untilMs: Number(row["until_ms"]), refused: Number(row["refused"]) }));
    },
    async addBan({ address, why, sinceMs, untilMs, refused }) {
      await db.query("DELETE FROM border_ban WHERE until_ms <= $1", [sinceMs]);
      await db.query(
        "INSERT INTO border_ban (address, why, since_ms, until_ms, refused) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (address) DO UPDATE SET why = EXCLUDED.why, since_ms = EXCLUDED.since_ms, until_ms = EXCLUDED.until_ms, refused = EXCLUDED.refused",
        [address, why, sinceMs, untilMs, refused],
      );
    },
    async removeBan(address) {
      await db.query("DELETE FROM border_ban WHERE address = $1", [address]);
    },
    async addNotice(notice) {
      await db.query("INSERT INTO border_notice (at_ms, body) VALUES ($1, $2)", [notice.atMs, JSON.stringify(notice)]);
      await db.query("DELETE FROM border_notice WHERE id <= (SELECT max(id) FROM border_notice) - $1", [noticesKept]);
    },
    async notices(most) {
      const rows = await db.query("SELECT body FROM border_notice ORDER BY id DESC LIMIT $1", [most]);
      return rows.map((row) => BorderNotice.parse(row["body"]));
    },
  };
}
