/** What flows ask of cases, answered from the customer base. */
import type { Values } from "@tandem/protocol/flow/flow";
import type { AskAbout } from "../centre/centre.ts";
import type { Case, Cases } from "../crm/crm.ts";
import type { Answer, Ask } from "../flow/flow.ts";

/** Who changed it, in a case's notes: no person did. */
const BY = { id: null, name: "Tandem" };

type CaseLookup = Extract<Ask, { kind: "lookup" }>;
type CaseUpdate = Extract<Ask, { kind: "update"; of: "case" | "new-case" }>;

export async function lookUpCase(cases: Cases, ask: CaseLookup, about: AskAbout): Promise<Answer> {
  const customerId = ask.value === "" ? about.customerId : ask.value;
  const found = ask.of === "case" ? await cases.find(ask.value) : customerId === null ? null : await cases.newestOf(customerId);
  return { ok: true, case: found && valuesOf(found, about) };
}

export async function updateCase(cases: Cases, ask: CaseUpdate, about: AskAbout): Promise<Answer> {
  const { customerId, deedId } = about;
  const { subject, state, ...fields } = Object.fromEntries(Object.entries(ask.fields).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])));
  if (state !== undefined && state !== "open" && state !== "pending" && state !== "closed") return { ok: false, why: `no case is "${state}": open, pending or closed` };
  const { note } = ask;
  if (ask.of === "case") {
    const changed = await cases.change(ask.number, { ...(subject !== undefined && { subject }), ...(state && { state }), fields, note, by: BY, deed: deedId });
    return changed ? { ok: true, case: valuesOf(changed, about) } : { ok: false, why: `no case ${ask.number}` };
  }
  const owner = ask.customerId === "" ? customerId : ask.customerId;
  const opened = owner === null || subject === undefined ? null : await cases.open(owner, { subject, ...(state && { state }), fields, note, by: BY, deed: deedId });
  return opened ? { ok: true, case: valuesOf(opened, about) } : { ok: false, why: "nobody is known here, whose case it would be" };
}

/** `mine`: of the customer whom the contact is with, as far as is known: whoever keys a number keys anybody's. */
const valuesOf = ({ number, subject, state, fields, customerId }: Case, about: AskAbout): Values => ({ ...fields, number, subject, state, mine: customerId === about.customerId });
