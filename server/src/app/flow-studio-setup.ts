/** The designer's side of flows, wired. */
import type { QueueSettingKind } from "@tandem/protocol/queue-settings";
import type { FlowDesk } from "../api/api.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Centre } from "../centre/centre.ts";
import type { Db } from "../db/db.ts";
import type { Directory, QueueSettings } from "../directory/directory.ts";
import { templates } from "../flow/flow.ts";
import type { DeflectionSetup } from "./deflection-setup.ts";
import { createFlowJudge } from "./flow-judge.ts";
import { createFlowProofs } from "./flow-proofs.ts";
import { createFlowReading } from "./flow-reading.ts";
import { createFlowStudio } from "./flow-studio.ts";
import { createFlowWatch } from "./flow-watch.ts";
import { recordingKey } from "./judged-centre.ts";
import type { SpeechSetup } from "./speech-setup.ts";

export interface FlowStudioSetupOptions {
  db: Db;
  clock: Clock;
  directory: Directory;
  queueSettings: QueueSettings;
  deflection: DeflectionSetup;
  speech: SpeechSetup;
  log: Log;
  zone: string;
  country(): string;
  centre(): Centre;
  /** This server has the centre. */
  leads(): boolean;
}

/** Settings that no proof asks for. */
const NOT_PROVED: readonly QueueSettingKind[] = ["whisper"];

export function setUpFlowStudio({ db, clock, log, directory, queueSettings, deflection, speech, zone, country, centre, leads }: FlowStudioSetupOptions): FlowDesk & { stop(): Promise<void> } {
  const proofs = createFlowProofs({ clock });
  const judge = createFlowJudge({
    clock, directory, queueSettings, zone, country, proofs,
    deflection: deflection.deflection,
    seconds: speech.seconds,
    recordings: () => speech.store.prompts().flatMap(({ id }) => (["fr", "en"] as const).filter((language) => speech.store.current(id, language) !== null).map((language) => recordingKey(id, language))),
    hearsFreely: speech.hearsFreely,
  });
  const watch = createFlowWatch({
    clock, log, leads,
    published: () => directory.flows(),
    proving() {
      const now = judge.centre();
      return (definition) => judge.prove(definition, true, now);
    },
  });
  queueSettings.onChange(({ kind }) => NOT_PROVED.includes(kind) || watch.changed());
  deflection.deflection.calendars.onChange(() => watch.changed());
  directory.onChange(({ kind }) => (kind === "queue" || kind === "user" || kind === "skill" || kind === "flow") && watch.changed());
  speech.store.onChange(() => watch.changed());
  const reading = createFlowReading({ clock });
  return {
    ...createFlowStudio({ db, clock, directory, centre, judge, watch, readFile: (text, language) => reading.read(text, language), templates }),
    async stop() {
      watch.stop();
      await proofs.stop();
    },
  };
}
