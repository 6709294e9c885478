import type { MessageView, ServerFrame, Snapshot, StreamEvent } from "@tandem/protocol";
import type { Clock } from "../base/clock.ts";
import type { Interaction } from "../hub/hub.ts";
import { servesQueue, type Directory, type UserRow } from "../directory/directory.ts";
import { agentView, interactionView, messageView, queueView, userView, type ViewSources } from "./views.ts";

/** Events kept for clients that were away; beyond it they get a fresh snapshot. */
const KEPT_EVENTS = 5_000;
/** Agents and queues change in bursts: shown at most so often. */
const COALESCE_MS = 150;
/** Everybody behind moves up when one leaves: told at this pace, not at every departure. */
const POSITIONS_MS = 2_000;

/** Who may see an event: named agents, and supervisors when `supervisors`; null = everyone signed in. */
type Audience = { agents: ReadonlySet<string>; supervisors: boolean; exceptSupervisors?: boolean } | null;
type FlowEditingFrame = Extract<ServerFrame, { t: "flowEditing" }>;
type Unsequenced = StreamEvent extends infer E ? (E extends StreamEvent ? Omit<E, "seq" | "t"> : never) : never;

export interface Subscriber {
  user: UserRow;
  send(frame: ServerFrame): void;
  /** Must say hello again: what this user may see has changed. */
  restart(): void;
}

/** The live feed of the desktops: numbers every event, remembers the last thousands, sends each to whom it concerns. */
export class Feed {
  readonly #epoch: string;
  readonly #kept: { event: StreamEvent; audience: Audience }[] = [];
  readonly #subscribers = new Set<Subscriber>();
  /** Which flow each desktop has open in the designer. */
  readonly #editing = new Map<Subscriber, string>();
  /** To whom each open interaction is shown. */
  readonly #shown = new Map<string, ReadonlySet<string>>();
  readonly #sources: ViewSources;
  readonly #directory: Directory;
  readonly #clock: Clock;
  readonly #interactions: () => Iterable<Interaction>;
  readonly #dirtyAgents = new Set<string>();
  readonly #dirtyQueues = new Set<string>();
  /** As last told, so that what did not change is not told again. */
  readonly #told = new Map<string, string>();
  /** Since when (in events) a user's rights are what they are: what they missed before that cannot be made up for. */
  readonly #rightsSince = new Map<string, number>();
  /** Open callbacks and messages of a queue; null = nobody counts them. */
  #work: ((queueId: string) => { openMessages: number; openCallbacks: number }) | null = null;
  #cancelFlush: (() => void) | null = null;
  #cancelPositions: (() => void) | null = null;
  #seq = 0;

  constructor(options: { epoch: string; sources: ViewSources; clock: Clock; interactions: () => Iterable<Interaction> }) {
    this.#epoch = options.epoch;
    this.#sources = options.sources;
    this.#directory = options.sources.directory;
    this.#clock = options.clock;
    this.#interactions = options.interactions;
  }

  /** A client says hello: exactly what it missed, or a fresh snapshot. */
  subscribe(subscriber: Subscriber, hello: { epoch: string | null; seq: number }): () => void {
    const first = this.#kept[0]?.event.seq ?? this.#seq + 1;
    if (hello.epoch === this.#epoch && hello.seq >= first - 1 && hello.seq <= this.#seq && hello.seq >= (this.#rightsSince.get(subscriber.user.id) ?? 0)) {
      for (const { event, audience } of this.#kept) if (event.seq > hello.seq && this.#concerns(subscriber, audience)) subscriber.send(event);
      subscriber.send({ t: "resumed", epoch: this.#epoch, seq: this.#seq, nowMs: this.#clock.now() });
    } else subscriber.send(this.snapshot(subscriber.user));
    this.#subscribers.add(subscriber);
    for (const { id } of this.#work ? this.#directory.queues() : []) if (hearsOfQueue(subscriber.user, id)) subscriber.send({ t: "promisedWork", queueId: id, ...this.#work!(id), changed: null });
    if (opensFlows(subscriber.user)) for (const flowId of new Set(this.#editing.values())) subscriber.send(this.#editors(flowId));
    return () => {
      this.#subscribers.delete(subscriber);
      this.editFlow(subscriber, null);
    };
  }

  /** This desktop has the flow open in the designer; null: none. Everybody who may open flows is told who is there. */
  editFlow(subscriber: Subscriber, flowId: string | null): void {
    const before = this.#editing.get(subscriber) ?? null;
    if (before === flowId || (flowId !== null && !opensFlows(subscriber.user))) return;
    if (flowId === null) this.#editing.delete(subscriber);
    else this.#editing.set(subscriber, flowId);
    for (const id of [before, flowId]) if (id !== null) this.#tellFlowReaders(this.#editors(id));
  }

  /** A draft was saved, or published. */
  flowChanged(flowId: string, revision: number, by: string): void {
    this.#tellFlowReaders({ t: "flowChanged", flowId, revision, by });
  }

  /** A try-it call of this user moved along that way. */
  flowTried(userId: string, flowId: string, stepId: string, port: string | null): void {
    for (const subscriber of this.#subscribers) if (subscriber.user.id === userId) subscriber.send({ t: "flowTried", flowId, stepId, port });
  }

  /** What waits in a queue changed: told to whom it serves, and to supervisors. */
  promisedWork(frame: Extract<ServerFrame, { t: "promisedWork" }>): void {
    for (const subscriber of this.#subscribers) if (hearsOfQueue(subscriber.user, frame.queueId)) subscriber.send(frame);
  }

  /** A case was opened or changed: told to whoever may read it. */
  caseChanged({ customerId, number }: { customerId: string; number: string }): void {
    for (const subscriber of this.#subscribers) if (supervises(subscriber.user) || subscriber.user.roles.includes("agent")) subscriber.send({ t: "caseChanged", customerId, number });
  }

  /** From now on a desktop that says hello is told what waits. */
  serveWork(work: (queueId: string) => { openMessages: number; openCallbacks: number }): void {
    this.#work = work;
  }

  #editors(flowId: string): FlowEditingFrame {
    const users = new Map([...this.#editing].filter(([, id]) => id === flowId).map(([{ user }]) => [user.id, { id: user.id, name: user.name }]));
    return { t: "flowEditing", flowId, users: [...users.values()] };
  }

  #tellFlowReaders(frame: ServerFrame): void {
    for (const subscriber of this.#subscribers) if (opensFlows(subscriber.user)) subscriber.send(frame);
  }

  snapshot(user: UserRow): Snapshot {
    const works = worksHere(user);
    const agents = works ? this.#directory.users().flatMap((row) => agentView(row, this.#sources) ?? []) : [];
    const mine = [...this.#interactions()].filter((it) => it.state !== "closed" && (supervises(user) || audienceOf(it).has(user.id)));
    return {
      t: "snapshot",
      epoch: this.#epoch,
      seq: this.#seq,
      nowMs: this.#clock.now(),
      me: userView(user),
      agents,
      queues: works ? this.#directory.queues().map((row) => queueView(row, this.#sources)) : [],
      interactions: mine.map((it) => interactionView(it, this.#sources)),
      dispositions: works ? this.#directory.dispositions() : [],
    };
  }

  interactionChanged(it: Interaction, cause: string): void {
    const before = this.#shown.get(it.id) ?? new Set<string>();
    const now = audienceOf(it);
    this.#emit({ kind: "interaction", value: interactionView(it, this.#sources), cause }, { agents: it.state === "closed" ? before : now, supervisors: true });
    const lost = new Set([...before].filter((agentId) => it.state === "closed" || !now.has(agentId)));
    if (lost.size > 0 || it.state === "closed") this.#emit({ kind: "interactionGone", id: it.id, cause }, it.state === "closed" ? { agents: lost, supervisors: true } : { agents: lost, supervisors: false, exceptSupervisors: true });
    if (it.state === "closed") {
      this.#shown.delete(it.id);
      this.#told.delete(it.id);
    } else {
      this.#shown.set(it.id, now);
      this.#told.set(it.id, this.#shownBesides(it));
    }
    this.#cancelPositions ??= this.#clock.after(POSITIONS_MS, () => {
      this.#cancelPositions = null;
      this.#retell("position");
    });
    if (it.queue) for (const queueId of [it.queue.queueId, ...it.queue.alsoIn]) this.queueChanged(queueId);
  }

  messageAdded(it: Interaction, message: Parameters<typeof messageView>[1]): void {
    const value: MessageView = messageView(it.id, message);
    this.#emit({ kind: "message", value }, { agents: audienceOf(it), supervisors: true });
  }

  agentChanged(agentId: string): void {
    this.#dirtyAgents.add(agentId);
    for (const queue of this.#directory.queues()) this.#dirtyQueues.add(queue.id); // free agents of any queue
    this.#soon();
  }

  /** Names, queues or words changed: contacts are shown by them. */
  directoryChanged(): void {
    this.#retell("renamed");
  }

  dispositionsChanged(): void {
    this.#emit({ kind: "dispositions", value: this.#directory.dispositions() }, null);
  }

  queueChanged(queueId: string): void {
    this.#dirtyQueues.add(queueId);
    this.#soon();
  }

  typing(it: Interaction, who: "customer" | "agent", untilMs: number): void {
    const audience = { agents: audienceOf(it), supervisors: false };
    for (const subscriber of this.#subscribers) if (this.#concerns(subscriber, audience)) subscriber.send({ t: "typing", interactionId: it.id, who, untilMs });
  }

  /** What the user may see has changed: every desktop of theirs comes back and gets a fresh snapshot. */
  rightsChanged(userId: string): void {
    this.#rightsSince.set(userId, ++this.#seq);
    for (const subscriber of [...this.#subscribers]) if (subscriber.user.id === userId) subscriber.restart();
  }

  /** The user's session ended. */
  bye(userId: string, why: string): void {
    for (const subscriber of [...this.#subscribers]) if (subscriber.user.id === userId) subscriber.send({ t: "bye", why });
  }

  /** Nothing more is told; what still changes is in the next run's snapshot. */
  stop(): void {
    this.#cancelFlush?.();
    this.#cancelPositions?.();
    this.#cancelFlush = this.#cancelPositions = () => {}; // set: no timer is made any more
    this.#subscribers.clear();
    this.#editing.clear();
  }

  #soon(): void {
    this.#cancelFlush ??= this.#clock.after(COALESCE_MS, () => {
      this.#cancelFlush = null;
      for (const id of this.#dirtyAgents) {
        const user = this.#directory.user(id);
        const value = user && agentView(user, this.#sources);
        if (this.#isNews(`agent ${id}`, value)) this.#emit(value ? { kind: "agent", value } : { kind: "agentGone", id }, null);
      }
      for (const id of this.#dirtyQueues) {
        const queue = this.#directory.queue(id);
        const value = queue && queueView(queue, this.#sources);
        if (this.#isNews(`queue ${id}`, value)) this.#emit(value ? { kind: "queue", value } : { kind: "queueGone", id }, null);
      }
      this.#dirtyAgents.clear();
      this.#dirtyQueues.clear();
    });
  }

  #isNews(key: string, value: object | null): boolean {
    const text = value === null ? "" : JSON.stringify(value);
    if (this.#told.get(key) === text) return false;
    this.#told.set(key, text);
    return true;
  }

  /** Tells contacts again whose own facts did not change, but what they are shown with. */
  #retell(cause: string): void {
    for (const it of this.#interactions()) {
      const text = this.#shownBesides(it);
      if (it.state === "closed" || !this.#told.has(it.id) || this.#told.get(it.id) === text) continue;
      this.#told.set(it.id, text);
      this.#emit({ kind: "interaction", value: interactionView(it, this.#sources), cause }, { agents: this.#shown.get(it.id) ?? new Set(), supervisors: true });
    }
  }

  /** What of a contact's view comes from elsewhere: its place in the queue, names. */
  #shownBesides(it: Interaction): string {
    const { position, queue, agentName, clues } = interactionView(it, this.#sources);
    return JSON.stringify([position, queue, agentName, clues]);
  }

  #emit(content: Unsequenced, audience: Audience): void {
    const event = { t: "event", seq: ++this.#seq, ...content } as StreamEvent;
    this.#kept.push({ event, audience });
    if (this.#kept.length > KEPT_EVENTS * 1.2) this.#kept.splice(0, this.#kept.length - KEPT_EVENTS);
    for (const subscriber of this.#subscribers) if (this.#concerns(subscriber, audience)) subscriber.send(event);
  }

  #concerns(subscriber: Subscriber, audience: Audience): boolean {
    if (audience?.exceptSupervisors && supervises(subscriber.user)) return false;
    if (audience === null) return worksHere(subscriber.user);
    return audience.agents.has(subscriber.user.id) || (audience.supervisors && supervises(subscriber.user));
  }
}

/** Who only telephones has no part in the centre: neither its agents nor its queues are told to them. */
function worksHere(user: UserRow): boolean {
  return user.roles.length > 0;
}

function opensFlows({ roles }: UserRow): boolean {
  return roles.includes("supervisor") || roles.includes("administrator");
}

function hearsOfQueue(user: UserRow, queueId: string): boolean {
  return supervises(user) || servesQueue(user, queueId);
}

export function supervises(user: UserRow): boolean {
  return user.roles.includes("supervisor");
}

function audienceOf(it: Interaction): ReadonlySet<string> {
  const agents = new Set<string>();
  if (it.offer) agents.add(it.offer.agentId);
  if (it.agentId && it.state !== "closed") agents.add(it.agentId);
  return agents;
}
