import type { AgentView } from "@tandem/protocol";
import { UserRound } from "lucide-react";
import type { ReactNode } from "react";
import { useAgents, useCentreState, useNow } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { ChannelIcon } from "../kit/avatar.tsx";
import { cx } from "../kit/classes.ts";
import { Empty } from "../kit/notice.tsx";
import { Num } from "../kit/num.tsx";
import { shownState, StGlyph, stateWord } from "../kit/st-glyph.tsx";
import type { ShownState } from "../kit/st-glyph.tsx";
import { talkLevel, teams, tileOf } from "./floor-model.ts";
import type { Tile } from "./floor-model.ts";
import { useRoving } from "./roving.ts";
import type { Roving } from "./roving.ts";
import { select, useSelected } from "./selection.ts";

/** Everybody, by team and name: one tab stop, arrows between tiles. */
export function AgentTiles(): ReactNode {
  const t = useT();
  const format = useFormat();
  const agents = useAgents();
  const grouped = teams(agents, format.compare);
  const roving = useRoving(grouped.flatMap((team) => team.agents.map((agent) => agent.id)));
  return (
    <section aria-labelledby="floor-agents" className="flex min-h-0 flex-col">
      <header className="flex h-10 shrink-0 items-center gap-3 border-b border-line px-4">
        <h2 id="floor-agents" className="grow text-body font-semibold">
          {t("floor.agents")}
        </h2>
        <StateCounts agents={agents} />
      </header>
      <div className="min-h-0 grow overflow-auto px-3 pb-4" tabIndex={-1}>
        {agents.length === 0 ? (
          <Empty icon={UserRound} title={t("floor.agents.none")}>
            {t("floor.agents.none.help")}
          </Empty>
        ) : (
          <div {...roving.container}>
            {grouped.map((team) => (
              <div key={team.name}>
                <h3 className="flex h-8 items-center gap-1.5 px-1 pt-1 text-meta text-ink-3">
                  <span className="text-ink-2">{team.name === "" ? t("floor.agents.noTeam") : team.name}</span> {team.agents.length}
                </h3>
                <ul aria-label={team.name === "" ? t("floor.agents.noTeam") : team.name} className="grid grid-cols-[repeat(auto-fill,minmax(9.75rem,1fr))] gap-1">
                  {team.agents.map((agent) => (
                    <li key={agent.id}>
                      <AgentTile agent={agent} roving={roving} />
                    </li>
                  ))}
                </ul>
              </div>
            ))}
          </div>
        )}
      </div>
    </section>
  );
}

/** Counted together: what one glyph stands for. */
const counted: readonly (readonly ShownState[])[] = [
  ["available"], ["ringing"], ["on-contact", "hold"], ["wrap-up", "back-office"], ["break", "meal"], ["training", "meeting"], ["unresponsive", "missed"], ["offline"],
];

function StateCounts({ agents }: { agents: readonly AgentView[] }): ReactNode {
  const t = useT();
  const counts = new Map<ShownState, number>();
  for (const agent of agents) counts.set(shownState(agent), (counts.get(shownState(agent)) ?? 0) + 1);
  return (
    <ul aria-label={t("floor.agents.counts")} className="flex items-center justify-end gap-x-3 text-control">
      {counted.map((states) => {
        const present = states.filter((state) => counts.has(state));
        const [glyph] = present;
        if (glyph === undefined) return null;
        const words = present.map((state) => t(stateWord(state))).join(", ");
        return (
          <li key={states[0]} title={words} className="flex items-center gap-1.5">
            <StGlyph state={states[0] ?? glyph} size={11} />
            <span className="sr-only">{words}</span>
            {present.reduce((total, state) => total + (counts.get(state) ?? 0), 0)}
          </li>
        );
      })}
    </ul>
  );
}

function AgentTile({ agent, roving }: { agent: AgentView; roving: Roving }): ReactNode {
  const t = useT();
  const chosen = useSelected("agent", agent.id);
  const tile = useCentreState((s) => tileOf(agent, s.interactions, s.queues));
  const state = shownState(agent);
  const alarming = state === "missed" || state === "unresponsive";
  return (
    <button
      type="button"
      {...roving.item(agent.id)}
      aria-pressed={chosen}
      onClick={() => select({ what: "agent", id: agent.id })}
      className={cx(
        "flex h-10 w-full items-center gap-2 rounded-card pr-2 pl-2.5 text-left",
        chosen ? "bg-acc-soft shadow-[inset_0_0_0_1.5px_var(--acc)]" : alarming ? "bg-alert-soft" : "bg-sunken hover:bg-fill",
      )}
    >
      <StGlyph state={state} size={11} />
      <span className="min-w-0 grow">
        <span className="flex items-baseline gap-1.5">
          <span className={cx("min-w-0 grow truncate text-control font-medium", state === "offline" && "text-ink-2")}>{agent.name}</span>
          {state !== "offline" && <TileTime tile={tile} />}
        </span>
        <span className="flex items-center gap-1 text-meta text-ink-2">
          <Doing tile={tile} state={state} />
          {state === "on-contact" && <span className="sr-only">{t(stateWord(state))}</span>}
        </span>
      </span>
    </button>
  );
}

function TileTime({ tile }: { tile: Tile }): ReactNode {
  const format = useFormat();
  const lasted = useNow() - tile.sinceMs;
  return (
    <span className="text-meta text-ink-2">
      <Num level={talkLevel(lasted, tile.longAfterMs)}>{format.wait(lasted)}</Num>
    </span>
  );
}

/** The second line: the state's word, or what the conversation is. */
function Doing({ tile, state }: { tile: Tile; state: ShownState }): ReactNode {
  const t = useT();
  if (state !== "on-contact") return <span className="truncate">{t(stateWord(state))}</span>;
  const { calls, chats, queueName } = tile;
  return (
    <>
      {calls > 0 && (
        <>
          <ChannelIcon medium="voice" size={11} className="shrink-0 text-ink-3" />
          <span className="truncate">{queueName ?? t("everywhere.contact.voice")}</span>
        </>
      )}
      {chats > 0 && (
        <span className="flex shrink-0 items-center gap-1">
          {calls > 0 && <span aria-hidden>+</span>}
          <ChannelIcon medium="chat" size={11} className="text-ink-3" />
          {calls > 0 ? (
            <>
              <span aria-hidden>{chats}</span>
              <span className="sr-only">{t("floor.tile.chats", { n: chats })}</span>
            </>
          ) : (
            t("floor.tile.chats", { n: chats })
          )}
        </span>
      )}
    </>
  );
}
