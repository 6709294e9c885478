/** A row of `sip_node` as it is read each second. */
export interface NodeRow {
  run: string;
  name: string;
  beat: number;
  wrote: number;
}

/** A beat that stands still for so long: that node is no more. */
export const lostAfterMs = 5_000;
/** We looked away ourselves (the database was, or this process stood still): what stood still meanwhile says nothing. */
const blinkMs = 2_500;

/**
 * Who of the nodes lives. Judged by one's own observation only, so that clocks need not agree and a database that was away for a while
 * makes nobody dead: a beat must be seen standing still, look after look, for the whole time.
 */
export class NodeWatch {
  readonly #own: NodeRow["run"];
  readonly #name: string;
  #seen = new Map<string, { beat: number; wrote: number; sinceMs: number }>();
  #lookedAtMs: number | null = null;

  constructor(own: string, name: string) {
    this.#own = own;
    this.#name = name;
  }

  /** Who is lost (also former runs of this very node), and whether another one changed the settings since the last look. */
  look(rows: readonly NodeRow[], nowMs: number): { lost: string[]; settingsChanged: boolean } {
    const blinked = this.#lookedAtMs === null || nowMs - this.#lookedAtMs > blinkMs;
    this.#lookedAtMs = nowMs;
    const before = this.#seen;
    this.#seen = new Map();
    const lost: string[] = [];
    let settingsChanged = false;
    for (const { run, name, beat, wrote } of rows) {
      if (run === this.#own) continue;
      const was = before.get(run);
      settingsChanged ||= was !== undefined && was.wrote !== wrote;
      const sinceMs = was?.beat === beat && !blinked ? was.sinceMs : nowMs;
      this.#seen.set(run, { beat, wrote, sinceMs });
      if (name === this.#name || nowMs - sinceMs >= lostAfterMs) lost.push(run);
    }
    return { lost, settingsChanged };
  }
}
