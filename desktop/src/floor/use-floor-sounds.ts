/** On the floor, a queue that nears or passes its limit is heard once each time it happens; the table is the visual twin. */
import { useEffect, useRef } from "react";
import { useNow, useQueues } from "../data/data.ts";
import type { Level } from "../kit/level.ts";
import { play } from "../sounds/sounds.ts";
import { queueLevels } from "./floor-model.ts";

export function useFloorSounds(): void {
  const now = useNow();
  const levels = useQueues().map((queue): [string, Level] => [queue.id, queueLevels(queue, now).wait]);
  const before = useRef<ReadonlyMap<string, Level> | null>(null);
  useEffect(() => {
    const rose = (to: Level): boolean => before.current !== null && levels.some(([id, level]) => level === to && rank[level] > rank[before.current?.get(id) ?? "ok"]);
    // What was already so when the page opened is seen, not heard.
    if (rose("breach")) play("breach");
    else if (rose("watch")) play("watch");
    before.current = new Map(levels);
  });
}

const rank: Record<Level, number> = { ok: 0, watch: 1, breach: 2 };
