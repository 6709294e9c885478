/** Reads one flow's file and ends: the thread of flow-reading.ts. */
import { parentPort, workerData } from "node:worker_threads";
import type { FlowDocument } from "@tandem/protocol/flow/flow";
import { assert } from "../base/assert.ts";
import { readFlowFile, type ReadFile } from "../directory/directory.ts";
import { problemsOf, upgradeFlow } from "../flow/flow.ts";

assert(parentPort !== null, "flow-reading-worker runs as a thread");
const port = parentPort;
const tell = (read: ReadFile<FlowDocument>): void => port.postMessage(read);
const { text, language } = workerData as { text: string; language: "fr" | "en" };
tell(readFlowFile(text, { upgrade: (value) => upgradeFlow(value).document, problems: problemsOf }, { language, strict: false }));
