/** What an administrator sees of the world outside that flows reach: which secrets are set and who names them, which assistants there are, and a question to one. */
import type { AssistantTried, FlowAssistant, FlowOutside } from "@tandem/protocol/flow-outside";
import type { OutsideDesk } from "../api/api.ts";
import type { Clock } from "../base/clock.ts";
import type { Answer } from "../flow/flow.ts";
import type { Assistant, Assistants } from "./flow-assistants.ts";
import type { FlowSecrets } from "./flow-secrets.ts";

/** As an assistant's step waits (docs/en/assistants.md). */
const TRY_TIMEOUT_MS = 10_000;
/** As the designer lets them be typed; what is in capitals or otherwise wrong is named too, so that it is seen here. */
const NAMED = /\{secret\.(\w{1,60})\}/g;

export interface OutsideDeskOptions {
  clock: Clock;
  secrets: FlowSecrets;
  assistants: Assistants;
  outside(): FlowOutside;
  /** Live flows. */
  flows(): { name: string; definition: unknown }[];
}

export function createOutsideDesk({ clock, secrets, assistants, outside, flows }: OutsideDeskOptions): OutsideDesk {
  let tried = 0;
  return {
    secrets() {
      const usedBy = new Map<string, Set<string>>();
      const note = (text: string, by: string): void => {
        for (const [, name = ""] of text.matchAll(NAMED)) usedBy.set(name, (usedBy.get(name) ?? new Set()).add(by));
      };
      for (const { name, definition } of flows()) note(JSON.stringify(definition), name);
      for (const { name, with: how } of outside().assistants) if (how.kind === "http") note(JSON.stringify(how.headers), name);
      const set = new Map(secrets.list().map(({ name, changedAtMs }) => [name, changedAtMs]));
      return [...new Set([...set.keys(), ...usedBy.keys()])].toSorted().map((name) => ({ name, changedAtMs: set.get(name) ?? null, usedBy: [...(usedBy.get(name) ?? [])].toSorted() }));
    },
    putSecret: (name, value) => secrets.put(name, value),
    removeSecret: (name) => secrets.remove(name),
    assistants: () => outside().assistants.map(({ id, name, with: { kind } }) => ({ id, name, kind })),
    tryAssistant: ({ assistant, text, language }) =>
      new Promise((resolve) => {
        // A conversation of its own each time: nobody's misses are counted.
        const conversation = `try-${++tried}`;
        const about = { deedId: `${conversation}:1`, interactionId: conversation, medium: "chat", customerId: null, from: "", fromName: "", to: "", language, sinceMs: clock.now() };
        let forget: ReturnType<Assistant>;
        const cancel = clock.after(TRY_TIMEOUT_MS, () => {
          forget?.("timeout");
          resolve({ ok: false, why: "timeout" });
        });
        forget = assistantOf(assistants, assistant)({ text, turn: 1, about }, (answer) => {
          cancel();
          resolve(triedOf(answer));
        });
      }),
  };
}

export function assistantOf(assistants: Assistants, { id, with: how }: FlowAssistant): Assistant {
  return how.kind === "http" ? assistants.http(id, how) : assistants.keywords(id, how);
}

function triedOf(answer: Answer): AssistantTried {
  if (!answer.ok) return { ok: false, why: answer.why };
  return { ok: true, says: answer.says ?? "", goes: answer.goes ?? "on" };
}
