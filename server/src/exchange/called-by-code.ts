/** Codes that stand for a number: a speed dial's, and the one of who called last. Null: there is none, or it may not be called so. */
import type { ExtensionRow } from "./config.ts";
import { readTarget, type Target } from "./dial-plan.ts";
import type { Ground } from "./ground.ts";

type Callable = Exclude<Target, { to: "code" }>;

/** One's own before the house's. */
export function speedDialled({ config, plan }: Ground, by: ExtensionRow, code: string): Callable | null {
  const dials = [...(by.userId === null ? [] : config.speedDials(by.userId)), ...config.speedDials(null)];
  const dial = dials.find((one) => one.code === code);
  return dial ? callable(readTarget(dial.number, plan)) : null;
}

export async function lastCaller({ clock, history, plan }: Ground, by: ExtensionRow): Promise<Callable | null> {
  const records = await history.read({ extensionId: by.id, before: clock.now() + 1, limit: 20 });
  const last = records.find((record) => record.direction !== "out" && record.fromNumber !== "" && record.fromNumber !== by.number);
  const target = last ? callable(readTarget(last.fromNumber, plan)) : null;
  return target?.to === "nobody" ? null : target;
}

function callable(target: Target): Callable | null {
  return target.to === "code" ? null : target;
}
