import type { Binding } from "../location.ts";
import type { BindingEvent } from "../registrar.ts";
import { xml, xmlHead } from "./xml.ts";

/** A binding with what happened to it; the ones that are gone are told once more, as terminated (RFC 3680 5.3). */
export interface RegisteredContact {
  binding: Binding;
  event: BindingEvent;
  gone: boolean;
}

/** Full state of one address of record (RFC 3680; GRUUs by RFC 5628), content type application/reginfo+xml. */
export function regInfo(aor: string, version: number, contacts: readonly RegisteredContact[], nowMs: number, publicGruu: (binding: Binding) => string): string {
  const live = contacts.some(({ gone }) => !gone);
  const state = live ? "active" : contacts.length === 0 ? "init" : "terminated";
  return `${xmlHead}<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" xmlns:gr="urn:ietf:params:xml:ns:gruuinfo" version="${version}" state="full">`
    + `<registration aor="${xml(aor)}" id="r1" state="${state}">${contacts.map((one) => contactElement(one, nowMs, publicGruu)).join("")}</registration></reginfo>\n`;
}

function contactElement({ binding, event, gone }: RegisteredContact, nowMs: number, publicGruu: (binding: Binding) => string): string {
  const { id, expiresAtMs, q, callId, cseq, contact, instance } = binding;
  const left = gone ? "" : ` expires="${Math.max(0, Math.round((expiresAtMs - nowMs) / 1000))}"`;
  const device = instance === "" ? "" : `<unknown-param name="+sip.instance">${xml(`"<${instance}>"`)}</unknown-param><gr:pub-gruu uri="${xml(publicGruu(binding))}"/>`;
  return `<contact id="${xml(id.replace("|", ""))}" state="${gone ? "terminated" : "active"}" event="${event}"${left} q="${q}" callid="${xml(callId)}" cseq="${cseq}"><uri>${xml(contact)}</uri>${device}</contact>`;
}
