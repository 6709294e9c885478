/**
 * Which cards and ways are in the page: what is in view, and at rest, a few at a time, what is within one and a half views on each side. So a hand
 * that pans across a screen finds everything drawn, and nothing in the page changes while it moves (a change of any size costs more than a frame).
 * A hand that comes further than that gets half a view more in one step. What is two views away leaves again, at rest.
 *
 * The canvas library knows all steps (it fits, selects and drags them) but draws none that is `hidden`, and no way that it is not given.
 */
import { useLayoutEffect, useMemo, useState } from "react";
import { createStore, useSelect } from "../../data/data.ts";
import type { AnyNode, Graph } from "./use-graph.ts";

/** In the flow's own measures. */
export interface Rect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface Drawn {
  cards: ReadonlySet<string>;
  ways: ReadonlySet<string>;
}

export interface Sight {
  /** The view is here now. `toward`: the signs of the hand's movement; null: no hand moves it. Draws at once what is in it and is not there. */
  look(view: Rect, toward: { x: number; y: number } | null): void;
  /** A hand took hold of something on the canvas: nothing is drawn ahead until it lets go. */
  hold(): void;
}

/** Of the view's width and height, on each side: two drags of a hand. What is drawn makes each change dearer: no more than so many cards are. */
const AHEAD_AT_REST = 1.5;
const AHEAD_CARDS = 200;
const AHEAD_IN_HAND = 0.5;
const KEPT = 2;
/** Of the view too: a hand must not come nearer to what is not drawn. */
const MARGIN = 0.05;
/** What is drawn in one idle moment; a card is some thirty elements, a way five. */
const CARD_COST = 6;
const IDLE_COST = 60;
/** Who just opened the flow, or changes it, comes first; who looks elsewhere will soon go on. */
const AFTER_CHANGE_MS = 600;
const AFTER_LOOK_MS = 120;

interface Item {
  id: string;
  card: boolean;
  box: Rect;
}

const NOTHING: Drawn = { cards: new Set(), ways: new Set() };

interface Drawing extends Sight {
  readonly state: ReturnType<typeof createStore<Drawn>>;
  graph(graph: Graph): void;
  stop(): void;
}

/** The graph with only what is to be drawn. */
export function useDrawn(graph: Graph): { drawn: Graph; sight: Sight } {
  const [drawing] = useState(createDrawing);
  const { cards, ways } = useSelect(drawing.state, (drawn) => drawn);
  useLayoutEffect(() => drawing.graph(graph), [drawing, graph]);
  useLayoutEffect(() => () => drawing.stop(), [drawing]);
  const [kept] = useState<Graph>(() => ({ nodes: [], edges: [] }));
  const drawn = useMemo(() => {
    kept.nodes = same(kept.nodes, graph.nodes.map((node) => (cards.has(node.id) ? node : hiddenOf(node))));
    kept.edges = same(kept.edges, graph.edges.filter(({ id }) => ways.has(id)));
    return { ...kept };
  }, [kept, graph, cards, ways]);
  return { drawn, sight: drawing };
}

/** The former list where it says the same: the library goes through all of another. */
const same = <V>(before: V[], now: V[]): V[] => (before.length === now.length && before.every((one, i) => one === now[i]) ? before : now);

const hiddenOnes = new WeakMap<AnyNode, AnyNode>();
function hiddenOf(node: AnyNode): AnyNode {
  let hidden = hiddenOnes.get(node);
  if (hidden === undefined) hiddenOnes.set(node, (hidden = { ...node, hidden: true }));
  return hidden;
}

function createDrawing(): Drawing {
  const state = createStore<Drawn>(NOTHING);
  let items: Item[] = [];
  let view: Rect | null = null;
  let held = false;
  let idle: (() => void) | null = null;

  const isDrawn = ({ id, card }: Item): boolean => (card ? state.get().cards : state.get().ways).has(id);
  const draw = (more: readonly Item[], gone: readonly Item[] = []): void => {
    if (more.length === 0 && gone.length === 0) return;
    state.update((drawn) => {
      const cards = new Set(drawn.cards);
      const ways = new Set(drawn.ways);
      for (const { id, card } of gone) (card ? cards : ways).delete(id);
      for (const { id, card } of more) (card ? cards : ways).add(id);
      return { cards, ways };
    });
  };
  const missing = (within: Rect): Item[] => items.filter((item) => overlap(item.box, within) && !isDrawn(item));

  const rest = (afterMs: number): void => {
    if (held || view === null) return;
    idle?.();
    idle = whenIdle(afterMs, () => {
      idle = null;
      if (held || view === null) return;
      const here = view;
      const near = items.filter((item) => item.card && isDrawn(item) && overlap(item.box, grown(here, AHEAD_AT_REST))).length;
      const ahead = near >= AHEAD_CARDS ? [] : missing(grown(here, AHEAD_AT_REST)).map((item) => ({ item, far: distance(item.box, here) })).toSorted((a, b) => a.far - b.far);
      if (ahead.length === 0) {
        const kept = grown(here, KEPT);
        draw([], items.filter((item) => isDrawn(item) && !overlap(item.box, kept)));
        return;
      }
      const now: Item[] = [];
      for (let cost = 0, i = 0; i < ahead.length && cost < IDLE_COST; i++) {
        const { item } = ahead[i] as (typeof ahead)[number];
        now.push(item);
        cost += item.card ? CARD_COST : 1;
      }
      draw(now);
      rest(0);
    });
  };

  return {
    state,
    graph({ nodes, edges }) {
      const boxes = new Map<string, Rect>();
      items = [];
      for (const { id, position: { x, y }, width = 0, height = 0 } of nodes) {
        const box = { left: x, top: y, right: x + width, bottom: y + height };
        boxes.set(id, box);
        items.push({ id, card: true, box });
      }
      for (const { id, source, target, data } of edges) {
        const [from, to] = [boxes.get(source), boxes.get(target)];
        if (from === undefined || to === undefined) continue;
        // A way bends out to the right of where it begins, to the left of where it ends, and below both where it goes back.
        items.push({ id, card: false, box: { left: Math.min(from.left, to.left) - BEND, top: Math.min(from.top, to.top), right: Math.max(from.right, to.right) + BEND, bottom: Math.max(from.bottom, to.bottom, data?.under ?? 0) } });
      }
      if (view === null) return;
      draw(missing(view));
      rest(AFTER_CHANGE_MS);
    },
    look(now, toward) {
      view = now;
      if (toward === null) draw(missing(now));
      else {
        for (const way of [{ x: toward.x, y: 0 }, { x: 0, y: toward.y }]) {
          const near = reaching(now, way, MARGIN);
          if (items.some((item) => overlap(item.box, near) && !isDrawn(item))) draw(missing(reaching(now, way, AHEAD_IN_HAND)));
        }
      }
      rest(AFTER_LOOK_MS);
    },
    hold() {
      held = true;
      idle?.();
      idle = null;
      const over = new AbortController();
      const letGo = (): void => {
        over.abort();
        held = false;
        rest(0);
      };
      for (const type of ["pointerup", "pointercancel"]) window.addEventListener(type, letGo, { signal: over.signal, capture: true });
    },
    stop() {
      idle?.();
      idle = null;
    },
  };
}

/** A way's curve leaves the box of its two cards by less than this. */
const BEND = 60;

const overlap = (a: Rect, b: Rect): boolean => a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;

function grown({ left, top, right, bottom }: Rect, by: number): Rect {
  const [x, y] = [(right - left) * by, (bottom - top) * by];
  return { left: left - x, top: top - y, right: right + x, bottom: bottom + y };
}

function reaching({ left, top, right, bottom }: Rect, toward: { x: number; y: number }, by: number): Rect {
  const [x, y] = [(right - left) * by, (bottom - top) * by];
  return { left: left - (toward.x < 0 ? x : 0), top: top - (toward.y < 0 ? y : 0), right: right + (toward.x > 0 ? x : 0), bottom: bottom + (toward.y > 0 ? y : 0) };
}

/** Between two boxes, the larger of both axes; below zero where they overlap. */
const distance = (a: Rect, b: Rect): number => Math.max(a.left - b.right, b.left - a.right, a.top - b.bottom, b.top - a.bottom);

/** Safari has no idle callbacks. */
function whenIdle(afterMs: number, work: () => void): () => void {
  let asked: number | null = null;
  const timer = setTimeout(() => {
    if (typeof window.requestIdleCallback === "function") asked = window.requestIdleCallback(work);
    else work();
  }, afterMs);
  return () => {
    clearTimeout(timer);
    if (asked !== null) window.cancelIdleCallback(asked);
  };
}
