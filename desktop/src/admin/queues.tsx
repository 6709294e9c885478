import { AdminQueue } from "@tandem/protocol";
import { Plus, Rows3, X } from "lucide-react";
import type { ReactNode } from "react";
import type { AdminRows } from "../data/data.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { NumberField, TextField } from "../kit/field.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Select } from "../kit/select.tsx";
import { Switch } from "../kit/switch.tsx";
import { Group, SecondsField, SkillLevels } from "./fields.tsx";
import { list, nameIn } from "./kind-page.ts";
import type { FormProps, KindPage, Look } from "./kind-page.ts";

/** Agents whom the queue can reach without widening: those of it (an agent without queues serves all) with the skills asked for. */
function agentsOf(queue: AdminRows["queues"], { users }: Look): number {
  return users.filter(
    (user) =>
      user.active && user.roles.includes("agent") && (user.queueIds.length === 0 || user.queueIds.includes(queue.id)) &&
      queue.needs.every((need) => user.skills.some((has) => has.skillId === need.skillId && has.level >= need.minLevel)),
  ).length;
}

export const queuesPage: KindPage<"queues"> = {
  kind: "queues",
  icon: Rows3,
  schema: AdminQueue,
  wide: true,
  columns: [
    { id: "name", label: "admin.queues.name", width: { share: 20 }, sort: (queue) => queue.name, cell: (queue) => queue.name },
    {
      id: "needs", label: "admin.queues.needs", width: { share: 22 }, sort: (queue) => queue.needs.length,
      cell: (queue, { skills, t }) => (queue.needs.length === 0 ? t("admin.queues.needs.any") : list(queue.needs.map((need) => `${nameIn(skills, need.skillId)} ≥ ${need.minLevel}`))),
    },
    { id: "strategy", label: "admin.queues.strategy", width: { share: 18 }, sort: (queue) => queue.strategy, cell: (queue, { t }) => t(`admin.queues.strategy.short.${queue.strategy}`) },
    { id: "overflow", label: "admin.queues.overflow", width: { share: 22 }, sort: (queue) => queue.overflow?.afterMs ?? Infinity, cell: (queue, look) => overflowWords(queue.overflow, look) },
    { id: "target", label: "admin.queues.target", width: { rem: 8 }, sort: (queue) => queue.target.percent, cell: (queue, { t, format }) => t("admin.queues.target.row", { goal: format.percent(queue.target.percent / 100), within: format.duration(queue.target.withinMs) }) },
    { id: "maxWait", label: "admin.queues.maxWait", width: { rem: 7.5 }, align: "right", sort: (queue) => queue.maxWaitMs, cell: (queue, { format }) => format.timer(queue.maxWaitMs) },
    { id: "wrap", label: "admin.queues.wrap", width: { rem: 6.5 }, align: "right", sort: (queue) => queue.wrapMs, cell: (queue, { format }) => format.timer(queue.wrapMs) },
    { id: "priority", label: "admin.queues.priority", width: { rem: 5.5 }, align: "right", sort: (queue) => queue.priority, cell: (queue) => queue.priority },
    { id: "agents", label: "admin.queues.agents", width: { rem: 5.5 }, align: "right", sort: (queue, look) => agentsOf(queue, look), cell: (queue, look) => agentsOf(queue, look) },
  ],
  nameOf: (queue) => queue.name,
  searchText: (queue, { skills }) => [queue.name, ...queue.needs.map((need) => nameIn(skills, need.skillId))].join(" "),
  blank: () => ({
    name: "", needs: [], rings: [{ afterMs: 30_000, lower: 2 }], strategy: "longest-idle", priority: 3, ageingMs: 60_000, overflow: null,
    target: { percent: 80, withinMs: 20_000 }, maxWaitMs: 120_000, ringMs: 20_000, wrapMs: 120_000,
  }),
  errors: {
    name: "admin.error.queues.name", needs: "admin.error.queues.needs", rings: "admin.error.queues.rings", priority: "admin.error.queues.priority", ageingMs: "admin.error.queues.ageing",
    overflow: "admin.error.queues.overflow", target: "admin.error.queues.target", maxWaitMs: "admin.error.queues.maxWait", ringMs: "admin.error.queues.ring", wrapMs: "admin.error.queues.wrap",
  },
  removal: (queue, look) => ({ effect: look.t("admin.queues.delete.effect", { n: agentsOf(queue, look) }), blocked: null }),
  Form: QueueForm,
};

function overflowWords(overflow: AdminQueue["overflow"], { queues, format, t }: Look): string {
  return overflow === null ? "—" : t("admin.queues.overflow.row", { queue: nameIn(queues, overflow.toQueueId), time: format.duration(overflow.afterMs) });
}

function QueueForm({ draft, set, error, row, look }: FormProps<"queues">): ReactNode {
  const { t } = look;
  return (
    <>
      <TextField label={t("admin.queues.name")} hint={t("admin.queues.name.hint")} error={error("name")} value={draft.name} onChange={(name) => set({ name })} />
      <Group label={t("admin.queues.needs")} hint={t("admin.queues.needs.hint")} error={error("needs")}>
        <SkillLevels skills={draft.needs.map((need) => ({ skillId: need.skillId, level: need.minLevel }))} onChange={(skills) => set({ needs: skills.map((has) => ({ skillId: has.skillId, minLevel: has.level })) })} look={look} />
      </Group>
      <Rings draft={draft} set={set} error={error} row={row} look={look} />
      <Group label={t("admin.queues.strategy")}>
        <div>
          <Segmented label={t("admin.queues.strategy")} value={draft.strategy} options={[{ id: "longest-idle", label: t("admin.queues.strategy.longest-idle") }, { id: "best-skill", label: t("admin.queues.strategy.best-skill") }]} onChange={(strategy) => set({ strategy })} />
        </div>
      </Group>
      <div className="grid grid-cols-2 gap-3">
        <NumberField label={t("admin.queues.priority")} hint={t("admin.queues.priority.hint")} error={error("priority")} minValue={0} maxValue={10} value={draft.priority} onChange={(priority) => set({ priority })} />
        <SecondsField label={t("admin.queues.ageing")} hint={t("admin.queues.ageing.hint")} error={error("ageingMs")} ms={draft.ageingMs} onChange={(ageingMs) => set({ ageingMs })} look={look} />
      </div>
      <Group label={t("admin.queues.target")} error={error("target")}>
        <div className="grid grid-cols-2 gap-3">
          <NumberField label={t("admin.queues.target.percent")} unit="%" minValue={1} maxValue={100} value={draft.target.percent} onChange={(percent) => set({ target: { ...draft.target, percent } })} />
          <SecondsField label={t("admin.queues.target.within")} min={1} ms={draft.target.withinMs} onChange={(withinMs) => set({ target: { ...draft.target, withinMs } })} look={look} />
        </div>
      </Group>
      <SecondsField label={t("admin.queues.maxWait")} hint={t("admin.queues.maxWait.hint")} error={error("maxWaitMs")} ms={draft.maxWaitMs} onChange={(maxWaitMs) => set({ maxWaitMs })} look={look} />
      <div className="grid grid-cols-2 gap-3">
        <SecondsField label={t("admin.queues.ring")} hint={t("admin.queues.ring.hint")} error={error("ringMs")} ms={draft.ringMs} onChange={(ringMs) => set({ ringMs })} look={look} />
        <SecondsField label={t("admin.queues.wrap")} hint={t("admin.queues.wrap.hint")} error={error("wrapMs")} ms={draft.wrapMs} onChange={(wrapMs) => set({ wrapMs })} look={look} />
      </div>
      <Overflow draft={draft} set={set} error={error} row={row} look={look} />
    </>
  );
}

function Rings({ draft, set, error, look }: FormProps<"queues">): ReactNode {
  const { t } = look;
  const change = (at: number, part: Partial<{ afterMs: number; lower: number }>): void => set({ rings: draft.rings.map((ring, i) => (i === at ? { ...ring, ...part } : ring)) });
  return (
    <Group label={t("admin.queues.rings")} hint={t("admin.queues.rings.hint")} error={error("rings")}>
      {draft.rings.map((ring, i) => (
        // oxlint-disable-next-line react/no-array-index-key -- rings have no identity but their place
        <div key={i} className="flex items-end gap-2">
          <div className="grow">
            <SecondsField label={t("admin.queues.rings.after")} min={1} ms={ring.afterMs} onChange={(afterMs) => change(i, { afterMs })} look={look} />
          </div>
          <div className="grow">
            <NumberField label={t("admin.queues.rings.lower")} minValue={1} maxValue={9} value={ring.lower} onChange={(lower) => change(i, { lower })} />
          </div>
          <IconButton icon={X} label={t("admin.remove", { name: t("admin.queues.rings.name", { n: i + 1 }) })} onPress={() => set({ rings: draft.rings.filter((_, at) => at !== i) })} className="mb-0.5" />
        </div>
      ))}
      <div>
        <Button size="s" tone="soft" icon={Plus} onPress={() => set({ rings: [...draft.rings, { afterMs: (draft.rings.at(-1)?.afterMs ?? 0) + 30_000, lower: 1 }] })}>
          {t("admin.add")}
        </Button>
      </div>
    </Group>
  );
}

function Overflow({ draft, set, error, row, look }: FormProps<"queues">): ReactNode {
  const { t } = look;
  const others = look.queues.filter((queue) => queue.id !== row?.id);
  const [first] = others;
  const { overflow } = draft;
  return (
    <Group label={t("admin.queues.overflow")} error={error("overflow")}>
      <Switch isSelected={overflow !== null} isDisabled={first === undefined} onChange={(on) => set({ overflow: on && first !== undefined ? { afterMs: draft.maxWaitMs, toQueueId: first.id } : null })}>
        {t("admin.queues.overflow.on")}
      </Switch>
      {overflow !== null && (
        <div className="grid grid-cols-2 gap-3">
          <SecondsField label={t("admin.queues.overflow.after")} min={1} ms={overflow.afterMs} onChange={(afterMs) => set({ overflow: { ...overflow, afterMs } })} look={look} />
          <Select label={t("admin.queues.overflow.to")} value={overflow.toQueueId} options={others.map((queue) => ({ id: queue.id, label: queue.name }))} onChange={(toQueueId) => set({ overflow: { ...overflow, toQueueId } })} />
        </div>
      )}
    </Group>
  );
}
