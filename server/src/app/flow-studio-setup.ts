/** The designer's side of flows, wired. */
import type { FlowDesk } from "../api/api.ts";
import type { Clock } from "../base/clock.ts";
import type { Centre } from "../centre/centre.ts";
import type { Db } from "../db/db.ts";
import type { Directory, QueueSettings } from "../directory/directory.ts";
import { templates } from "../flow/flow.ts";
import type { DeflectionSetup } from "./deflection-setup.ts";
import { createFlowJudge } from "./flow-judge.ts";
import { createFlowReading } from "./flow-reading.ts";
import { createFlowStudio } from "./flow-studio.ts";
import type { SpeechSetup } from "./speech-setup.ts";

export interface FlowStudioSetupOptions {
  db: Db;
  clock: Clock;
  directory: Directory;
  queueSettings: QueueSettings;
  deflection: DeflectionSetup;
  speech: SpeechSetup;
  zone: string;
  country(): string;
  centre(): Centre;
}

export function setUpFlowStudio({ db, clock, directory, queueSettings, deflection, speech, zone, country, centre }: FlowStudioSetupOptions): FlowDesk {
  const judge = createFlowJudge({
    clock, directory, queueSettings, zone, country,
    deflection: deflection.deflection,
    seconds: speech.seconds,
    recorded: (promptId, language) => speech.store.current(promptId, language) !== null,
    hearsFreely: speech.hearsFreely,
  });
  const reading = createFlowReading({ clock });
  return createFlowStudio({ db, clock, directory, centre, judge, readFile: (text, language) => reading.read(text, language), templates });
}
