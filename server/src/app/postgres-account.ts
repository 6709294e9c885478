import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { chown, lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Under which account PostgreSQL runs: it refuses root. */
export interface PostgresAccount {
  kind: "self" | "nobody" | "namespace";
  /** Owner of its files, seen from this process; undefined: ours. */
  owner: { uid: number; gid: number } | undefined;
  /** The command line that runs `file` under the account, for spawn. */
  command(file: string, args: string[]): { file: string; args: string[]; uid?: number; gid?: number };
}

const self: PostgresAccount = { kind: "self", owner: undefined, command: (file, args) => ({ file, args }) };

/**
 * Ours when we are not root. Root: `nobody`, if that account reaches both the programs and the data folder; else a user
 * namespace in which root is called nobody (a checkout under a home closed to others); else undefined, with the reason.
 */
export function choosePostgresAccount(
  postgres: string,
  dataDir: string,
): { ok: true; account: PostgresAccount } | { ok: false; why: string } {
  if (process.getuid?.() !== 0) return { ok: true, account: self };
  const { uid, gid } = nobodyIds();
  const nobody: PostgresAccount = {
    kind: "nobody",
    owner: { uid, gid },
    command: (file, args) => ({ file, args, uid, gid }),
  };
  const namespace: PostgresAccount = {
    kind: "namespace",
    owner: { uid: 0, gid: 0 },
    command: (file, args) => ({
      file: "unshare",
      args: ["--user", `--map-user=${uid}`, `--map-group=${gid}`, file, ...args],
    }),
  };
  const reasons: string[] = [];
  for (const account of [nobody, namespace]) {
    // The shell, not spawn's cwd, enters the folder: spawn would do it before it changes the account.
    const { file, args, ...ids } = account.command("/bin/sh", ["-c", 'cd "$1" && "$2" --version', "sh", dataDir, postgres]);
    const probe = spawnSync(file, args, { ...ids, cwd: "/", encoding: "utf8", timeout: 10_000 });
    if (probe.status === 0) return { ok: true, account };
    reasons.push(`${account.kind}: ${(probe.error?.message ?? probe.stderr).trim()}`);
  }
  return { ok: false, why: reasons.join("; ") };
}

function nobodyIds(): { uid: number; gid: number } {
  try {
    const line = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .find((l) => l.startsWith("nobody:"));
    const [, , uid, gid] = line?.split(":") ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return { uid: 65534, gid: 65534 };
}

/** Gives a folder and all in it to the account; cheap when it already has it. */
export async function giveTo(account: PostgresAccount, path: string): Promise<void> {
  const { owner } = account;
  if (!owner || (await lstat(path)).uid === owner.uid) return;
  const give = async (at: string): Promise<void> => {
    const stat = await lstat(at);
    if (stat.isDirectory()) for (const name of await readdir(at)) await give(join(at, name));
    await chown(at, owner.uid, owner.gid); // the folder last: an interrupted pass is taken up again by the next start
  };
  await give(path);
}
