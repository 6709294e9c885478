import type { Flow } from "./contract.ts";

/** Which ids hang on which connection. UDP is left out: it never closes. */
export class FlowIndex {
  readonly #ids = new Map<string, Set<string>>();

  add(flow: Flow | null, id: string): void {
    if (!flow || flow.transport === "udp") return;
    const ids = this.#ids.get(flow.id);
    if (ids) ids.add(id);
    else this.#ids.set(flow.id, new Set([id]));
  }

  remove(flow: Flow | null, id: string): void {
    if (!flow) return;
    const ids = this.#ids.get(flow.id);
    if (ids?.delete(id) && ids.size === 0) this.#ids.delete(flow.id);
  }

  /** True when something hangs on that connection. */
  has(flowId: string): boolean {
    return this.#ids.has(flowId);
  }

  /** All ids of a connection, which is forgotten. */
  take(flowId: string): string[] {
    const ids = this.#ids.get(flowId);
    this.#ids.delete(flowId);
    return ids ? [...ids] : [];
  }
}
