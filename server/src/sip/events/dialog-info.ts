import { xml, xmlHead } from "./xml.ts";

/** One call of somebody, as a busy lamp shows it (RFC 4235). */
export interface DialogFact {
  /** Stable while the call lasts. */
  id: string;
  /** Who called: "initiator" when the watched one did. */
  direction: "initiator" | "recipient";
  state: "trying" | "early" | "confirmed" | "terminated";
  /** The other side; null = withheld from this watcher. */
  remote: { uri: string; display: string } | null;
  /** The dialog as a watcher may name it in Replaces to pick the call up; absent = it may not. */
  dialog?: { callId: string; localTag: string; remoteTag: string };
  /** The watched one has put the call on hold: drawn as a held line (RFC 4235 4.1.6.2 with "+sip.rendering"). */
  held?: boolean;
}

/** Full state (4.1.1), content type application/dialog-info+xml. Nobody on the line is written as one terminated dialog: phones that wait for a dialog else keep their lamp lit. */
export function dialogInfo(entity: string, version: number, dialogs: readonly DialogFact[]): string {
  const all = dialogs.length === 0 ? '<dialog id="none"><state>terminated</state></dialog>' : dialogs.map((one) => dialogElement(entity, one)).join("");
  return `${xmlHead}<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="full" entity="${xml(entity)}">${all}</dialog-info>\n`;
}

function dialogElement(entity: string, { id, direction, state, remote, dialog, held }: DialogFact): string {
  const ids = dialog === undefined ? "" : ` call-id="${xml(dialog.callId)}" local-tag="${xml(dialog.localTag)}" remote-tag="${xml(dialog.remoteTag)}"`;
  const rendering = held === undefined ? "" : `<param pname="+sip.rendering" pval="${held ? "no" : "yes"}"/>`;
  const local = `<local><identity>${xml(entity)}</identity><target uri="${xml(entity)}">${rendering}</target></local>`;
  const other = remote === null ? "" : `<remote><identity display="${xml(remote.display)}">${xml(remote.uri)}</identity><target uri="${xml(remote.uri)}"/></remote>`;
  return `<dialog id="${xml(id)}"${ids} direction="${direction}"><state>${state}</state>${local}${other}</dialog>`;
}
