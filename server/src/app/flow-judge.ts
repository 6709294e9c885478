/** The proof and the test cases of a flow, with the centre as it is: its queues, people, hours, deflections, and how long words really last. */
import type { Proof } from "@tandem/protocol/flow-studio";
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import type { Clock } from "../base/clock.ts";
import type { FlowDesk } from "../api/api.ts";
import type { Deflection } from "../deflection/deflection.ts";
import type { Directory, QueueSettings } from "../directory/directory.ts";
import { playScript, runTests, type ScriptSite } from "../flow/flow.ts";
import type { FlowProofs } from "./flow-proofs.ts";
import { heardKey, judgedCentre, siteOf, type JudgedCentre } from "./judged-centre.ts";
import type { SpeechSeconds } from "./speech-seconds.ts";

/** Words not yet measured are spoken first; whoever waits for a check while editing gets an estimate after so long, and the length at the next check. */
const MEASURE_AT_MOST_MS = 4_000;
/** Attack: a year of edited texts. Forgetting costs asking for their lengths again. */
const MAX_MEASURED = 20_000;

export interface FlowJudgeOptions {
  clock: Clock;
  directory: Pick<Directory, "queues" | "users" | "flows">;
  queueSettings: Pick<QueueSettings, "own">;
  deflection: Pick<Deflection, "hoursOf" | "calendars" | "schedules" | "language">;
  proofs: Pick<FlowProofs, "prove">;
  seconds: SpeechSeconds;
  recordings(): readonly string[];
  /** A recogniser of whole sentences is configured. */
  hearsFreely: boolean;
  zone: string;
  country(): string;
}

export interface FlowJudge {
  /** The centre of now: several proofs of one moment are given the same. */
  centre(): JudgedCentre;
  /** `exact`: however long the measuring takes. The document as it stands in the database will do. */
  prove(document: unknown, exact: boolean, centre?: JudgedCentre): Promise<Proof>;
  test(document: FlowDocument): ReturnType<typeof runTests>;
  run(document: FlowDocument, script: Parameters<FlowDesk["run"]>[1]): ReturnType<typeof playScript>;
}

export function createFlowJudge(options: FlowJudgeOptions): FlowJudge {
  const { clock, directory, queueSettings, deflection, proofs, seconds, hearsFreely, zone } = options;
  const measured = new Set<string>();

  const centre = (): JudgedCentre => judgedCentre({ nowMs: clock.now(), directory, queueSettings, deflection, hearsFreely, zone, recordings: options.recordings(), country: options.country() });
  const scriptSite = (): ScriptSite => ({
    ...siteOf(centre(), (item) => seconds.seconds(item)),
    clockMs: () => clock.now(),
    nowMs: clock.now(),
    hoursAt: (atMs, of, medium, language) => deflection.hoursOf(of, medium === "voice" ? "ivr" : medium === "chat" ? "chat" : "sms", language, atMs).state,
    agent: (idOrLogin) => directory.users().find((user) => user.active && (user.id === idOrLogin || user.login === idOrLogin))?.id ?? null,
  });

  return {
    centre,
    prove: (document, exact, of = centre()) =>
      proofs.prove(document, of, async (heard) => {
        // A recording may be another one than the last time.
        const unknown = heard.filter((item) => item.promptId !== undefined || !measured.has(heardKey(item)));
        if (unknown.length > 0) {
          const measuring = seconds.prepare(unknown).then((estimates) => {
            if (measured.size > MAX_MEASURED) measured.clear();
            for (const item of unknown) if (item.promptId === undefined && !estimates.includes(item)) measured.add(heardKey(item));
          });
          if (exact) await measuring;
          else await soonerOf(measuring, MEASURE_AT_MOST_MS, clock);
        }
        return (item) => seconds.seconds(item);
      }),
    test: (document) => runTests(document, scriptSite()),
    run: (document, script) => playScript(document, script, scriptSite()),
  };
}

function soonerOf(work: Promise<void>, ms: number, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, resolve);
    work.then(resolve, reject).finally(cancel);
  });
}
