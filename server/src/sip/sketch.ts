import type { Flow, SipDialogSketch, SipReason } from "./contract.ts";
import { sendInDialog, type Dialog } from "./dialog.ts";
import type { Ground } from "./ground.ts";
import { reasonHeaders } from "./reason.ts";

/** RFC 3261 12.2.2: a CSeq may jump, never fall. More requests than any call makes after its sketch was written. */
const cseqJump = 10_000;

export function sketchOf({ callId, localTag, remoteTag, local, remote, localSeq, routes, target, flow, pinned }: Dialog): SipDialogSketch {
  return {
    key: `${callId}|${localTag}`, callId, localTag, remoteTag, local, remote, localSeq, routes, target,
    peer: flow && pinned ? { transport: flow.transport, address: flow.remoteAddress, port: flow.remotePort } : null,
  };
}

/** Says goodbye in a dialog that this process never had, for the one that had it. */
export function endSketched(ground: Ground, sketch: SipDialogSketch, flow: Flow | null, causes: readonly SipReason[]): void {
  const { key, callId, localTag, remoteTag, local, remote, localSeq, routes, target } = sketch;
  const dialog: Dialog = { callId, localTag, remoteTag, local, remote, localSeq: localSeq + cseqJump, remoteSeq: null, routes, target, flow, pinned: flow !== null, known: false, auth: null };
  const told = (status: number): void => ground.tell({ type: "dialogEnded", key, status });
  sendInDialog(ground, dialog, {
    method: "BYE", headers: reasonHeaders(causes),
    user: { response: (response) => void (response.status >= 200 && told(response.status)), timeout: () => told(408), transportError: () => told(503) },
  });
}
