/** Proves flows of one centre after another: the thread of flow-proofs.ts. */
import { performance } from "node:perf_hooks";
import { parentPort } from "node:worker_threads";
import { assert } from "../base/assert.ts";
import { prove, roughSeconds, type Site } from "../flow/flow.ts";
import { documentOf } from "./flow-document.ts";
import type { ProofAsked, ProofGiven } from "./flow-proofs.ts";
import { heardKey, siteOf } from "./judged-centre.ts";
import type { HeardItem } from "./speech-seconds.ts";

assert(parentPort !== null, "flow-proof-worker runs as a thread");
const port = parentPort;
/** The site of the last centre: what was found of its queues is kept, for each document is proved twice. */
let site: Site | null = null;
let lengths = new Map<string, number>();
let heard = new Map<string, HeardItem>();

port.on("message", (asked: ProofAsked) => {
  if (asked.centre !== null)
    site = siteOf(asked.centre, (item) => {
      const key = heardKey(item);
      heard.set(key, item);
      return lengths.get(key) ?? roughSeconds(item.text);
    });
  assert(site !== null, "a proof without a centre");
  lengths = new Map(asked.lengths);
  heard = new Map();
  const document = documentOf(asked.document);
  const proof = document && prove(document, { ...site, clockMs: () => performance.now() });
  port.postMessage({ proof, heard: [...heard.values()] } satisfies ProofGiven);
});
