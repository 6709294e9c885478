import type { AgentView, Clue, InteractionView, MessageView, QueueView, RoutingView, UserView } from "@tandem/protocol";
import type { AgentLive, RoutingReason } from "../acd/acd.ts";
import type { Directory, QueueRow, UserRow } from "../directory/directory.ts";
import type { Interaction, Message } from "../hub/hub.ts";
import type { QueueDays } from "../insight/insight.ts";

export interface ViewSources {
  directory: Directory;
  agent(id: string): AgentLive | null;
  queueLive(id: string): { count: number; oldestSinceMs: number | null; freeAgents: number; staffed: number };
  position(id: string): InteractionView["position"];
  devices(agentId: string): ("browser" | "phone")[];
  days: QueueDays;
}

export function userView(user: UserRow): UserView {
  return { id: user.id, login: user.login, name: user.name, roles: user.roles, language: user.language };
}

export function agentView(user: UserRow, { agent, devices }: ViewSources): AgentView | null {
  const live = agent(user.id);
  if (!live) return null;
  return {
    id: user.id,
    name: user.name,
    team: user.team,
    wish: live.wish,
    system: live.system,
    sinceMs: live.sinceMs,
    reach: { ...live.reach },
    load: Object.fromEntries(Object.entries(live.load).map(([medium, ids]) => [medium, [...ids]])),
    devices: devices(user.id),
    queueIds: user.queueIds,
  };
}

export function queueView(queue: QueueRow, { queueLive, days }: ViewSources): QueueView {
  const live = queueLive(queue.id);
  return {
    id: queue.id,
    name: queue.name,
    waiting: live.count,
    oldestSinceMs: live.oldestSinceMs,
    freeAgents: live.freeAgents,
    staffed: live.staffed,
    media: ["voice", "chat"],
    target: queue.target,
    maxWaitMs: queue.maxWaitMs,
    today: days.day(queue.id),
    lastHour: days.lastHour(queue.id),
  };
}

export function messageView(interactionId: string, message: Message): MessageView {
  const { choices, ...rest } = message;
  return { ...rest, interactionId, ...(choices ? { choices: [...choices] } : {}) };
}

export function interactionView(it: Interaction, { directory, position }: ViewSources): InteractionView {
  const queue = it.queue ? directory.queue(it.queue.queueId) : null;
  const waits = it.state === "queued" || it.state === "offered";
  return {
    id: it.id,
    medium: (it.calledBack ? it.traits.countsAs : it.traits.medium) as InteractionView["medium"],
    ...(it.calledBack && { callback: callbackView(it.calledBack) }),
    state: it.state,
    held: it.heldSinceMs !== null,
    language: it.language,
    customer: { id: it.customer.id, name: it.customer.name, known: it.customer.known, address: it.traits.written && it.from.startsWith("vis_") ? "" : it.from },
    to: it.to,
    queue: it.queue ? { id: it.queue.queueId, name: queue?.name ?? "" } : null,
    priority: it.queue?.priority ?? 0,
    createdAtMs: it.createdAtMs,
    queuedAtMs: it.queue?.sinceMs ?? null,
    offer: it.offer,
    agentId: it.agentId,
    agentName: it.agentId ? (directory.user(it.agentId)?.name ?? null) : null,
    connectedAtMs: it.connectedAtMs,
    heldSinceMs: it.heldSinceMs,
    wrapUntilMs: it.wrapUntilMs,
    closedAtMs: it.closed?.atMs ?? null,
    closedWhy: it.closed?.why ?? null,
    customerPresent: it.awaySinceMs === null,
    recording: it.recording,
    reason: it.reason,
    clues: clues(it, directory),
    position: waits ? position(it.id) : null,
    disposition: it.disposition,
    notes: it.notes,
    messages: it.messages,
    lastMessage: it.lastMessage ? messageView(it.id, it.lastMessage) : null,
    deliveredUpTo: it.deliveredUpTo ?? 0,
    undelivered: [...(it.undelivered ?? [])],
    readBy: it.readBy,
    rating: it.rating,
    ...(it.handedTo && { handedTo: { name: it.handedTo.name, number: it.handedTo.number, returned: it.handedTo.returned !== undefined } }),
  };
}

function callbackView({ callbackId, attempt, dialledAtMs, reachedAtMs, notReached }: NonNullable<Interaction["calledBack"]>): NonNullable<InteractionView["callback"]> {
  return { id: callbackId, attempt, customer: notReached ? "not-reached" : reachedAtMs !== null ? "reached" : dialledAtMs !== null ? "dialled" : "not-dialled", why: notReached?.why ?? null };
}

/** Known before answering, most telling first. */
export function clues(it: Interaction, directory: Directory): Clue[] {
  const list: Clue[] = [];
  const add = (kind: Clue["kind"], key: Clue["key"], values: Clue["values"], tone: Clue["tone"] = "plain", atMs: number | null = null): void => void list.push({ kind, key, values, tone, atMs });
  for (const transfer of it.transfers.toReversed()) {
    if (transfer.to !== undefined) add("transfer", "handedBack", { agent: directory.user(transfer.fromAgentId)?.name ?? "", to: transfer.to, note: transfer.note }, "watch", transfer.atMs);
    else add("transfer", "transfer", { agent: directory.user(transfer.fromAgentId)?.name ?? "", note: transfer.note }, "watch", transfer.atMs);
  }
  if (it.redialOf !== undefined) add("history", "cut", {}, "watch");
  for (const { label, answer, atMs } of it.trail) add("choice", "answered", { label, answer }, "plain", atMs);
  if (it.data.order) add("order", "order", { number: it.data.order });
  const told = new Set(it.trail.map(({ answer }) => answer));
  for (const [name, label] of Object.entries(it.labels ?? {}).slice(0, MAX_COLLECTED)) {
    const value = it.data[name] ?? "";
    if (value !== "" && name !== "order" && !told.has(value)) add("choice", "collected", { name: label, value });
  }
  if (it.context.page) add("page", "page", { title: it.context.page });
  deviceClues(it.context, add);
  flagClues(it.context, add);
  const { last } = it.customer;
  if (last) add("last-contact", "lastContact", { medium: last.medium, reason: last.reason ?? "", ended: last.closedWhy }, last.closedWhy === "abandoned" || last.closedWhy === "server-restarted" ? "alert" : "plain", last.atMs);
  add("identity", it.customer.known ? "recognised" : "unknown", {}, it.customer.known ? "good" : "plain");
  const missed = it.queue?.avoid.length ?? 0;
  if (missed > 0 && it.queue?.returned) add("history", "retried", { count: missed }, "watch");
  return list;
}

const MAX_COLLECTED = 8;

/** CTX-01, CTX-02: what the customer's device said of itself. */
function deviceClues({ device = "", terminal = "", app = "", latitude, longitude, accuracyM = "" }: Readonly<Record<string, string>>, add: (kind: Clue["kind"], key: Clue["key"], values: Clue["values"]) => void): void {
  if (latitude !== undefined && longitude !== undefined) add("page", "position", { latitude, longitude, accuracyM });
  if (terminal !== "" || app !== "" || (device !== "" && device !== "desktop")) add("page", "device", { device, terminal, app });
}

/**
 * RDP-03: what the company's systems say of the caller (reserved_verified_customer, reserved_bad_actor, reserved_repeat_customer), and
 * whether the operator vouches for the number. Attestation C says only where the call came in: no word on the number.
 */
function flagClues(context: Readonly<Record<string, string>>, add: (kind: Clue["kind"], key: Clue["key"], values: Clue["values"], tone: Clue["tone"]) => void): void {
  const flag = (field: string): string | undefined => context[`data.${field}`] ?? context[`crm.${field}`];
  const show = (name: string, tone: Clue["tone"]): void => add("identity", "flag", { flag: name }, tone);
  if (flag("reserved_bad_actor") === "true") show("bad-actor", "alert");
  if (flag("reserved_verified_customer") === "true") show("verified", "good");
  if (flag("reserved_verified_customer") === "false") show("unverified", "watch");
  if (flag("reserved_repeat_customer") === "true") show("repeat", "plain");
  if (context["callerNumber"] === "failed") show("number-failed", "alert");
  else if (context["callerNumber"]?.startsWith("passed") && context["callerNumber"] !== "passed C") show("number-verified", "good");
}

/** The routing decisions of a contact, oldest first, each with how it ended; `waiting` is why it waits now. */
export function routingViews(facts: readonly { type: string; atMs: number; body: Record<string, unknown> }[], waiting: RoutingReason | null, directory: Directory): RoutingView[] {
  const views: RoutingView[] = [];
  for (const { type, body } of facts) {
    const last = views.at(-1);
    if (type === "agentFound") views.push(routingView(body.reason as RoutingReason, body.agentId as string, "offered", directory));
    else if (last?.outcome === "offered") {
      if (type === "accepted") last.outcome = "answered";
      if (type === "notAnswered") last.outcome = body.why === "declined" ? "declined" : "missed";
      if (type === "customerLeft") last.outcome = "left";
    }
  }
  if (waiting) views.push(routingView(waiting, null, "waiting", directory));
  return views;
}

function routingView(reason: RoutingReason, agentId: string | null, outcome: RoutingView["outcome"], directory: Directory): RoutingView {
  const name = (id: string): string => directory.user(id)?.name ?? id;
  return {
    atMs: reason.atMs,
    queueName: directory.queue(reason.queueId)?.name ?? "",
    ring: reason.ring,
    strategy: reason.strategy,
    waitedMs: reason.waitedMs,
    candidates: reason.candidates,
    chosen: agentId === null ? null : { agentId, name: name(agentId), by: reason.chosenBy },
    best: reason.best.map((b) => ({ ...b, name: name(b.agentId) })),
    exclusions: { ...reason.exclusions },
    excluded: reason.excludedAgents.map((e) => ({ ...e, name: name(e.agentId) })),
    outcome,
  };
}
