/** One assistant: its name for steps, what it answers by, and a question to it before it is saved. */
import { FlowAssistant } from "@tandem/protocol/flow-outside";
import type { FlowOutside } from "@tandem/protocol/flow-outside";
import { useState } from "react";
import type { ReactNode } from "react";
import { Newer } from "../admin/draft-form.tsx";
import { DraftSheet } from "../admin/draft-sheet.tsx";
import { differs } from "../admin/draft.ts";
import type { Look } from "../admin/kind-page.ts";
import { useDraft } from "../admin/use-draft.ts";
import { useMe } from "../data/data.ts";
import { TextField } from "../kit/field.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { toast } from "../kit/toast.tsx";
import { folded } from "../shell/folded.ts";
import type { SaveOutside } from "./assistants-part.tsx";
import { HttpFields } from "./http-fields.tsx";
import { KeywordFields } from "./keyword-fields.tsx";
import { TryAssistantPart } from "./try-assistant.tsx";

type How = FlowAssistant["with"];
const blank = (kind: How["kind"]): How => (kind === "http" ? { kind, url: "https://", headers: {} } : { kind, entries: [{ words: {}, says: {}, goes: "on" }], otherwise: {} });

/** `assistant`: as it is stored now; null: a new one's, or it was removed meanwhile. `onNewer`: the form begins anew with that. */
export function AssistantSheet({ outside, assistant: stored, isNew, save, look, onNewer, onClose }: { outside: FlowOutside; assistant: FlowAssistant | null; isNew: boolean; save: SaveOutside; look: Look; onNewer: () => void; onClose: () => void }): ReactNode {
  const { t } = look;
  const mayEdit = useMe().roles.includes("administrator");
  const [assistant] = useState(stored);
  const [initial] = useState<FlowAssistant>(() => assistant ?? { id: "", name: "", with: blank("keywords") });
  /** What was begun of the other kind: choosing back and forth loses nothing. */
  const [other, setOther] = useState<How>(() => blank(initial.with.kind === "http" ? "keywords" : "http"));
  const [tried, setTried] = useState(false);
  const draft = useDraft<FlowAssistant>({ schema: FlowAssistant, initial, errors: { id: "admin.outside.error.id", name: "admin.outside.error.name", with: "admin.outside.error.with" }, failed: save.error });
  const { values } = draft;
  const how = values.with;
  // its own id, once it is stored and before this form closes, is taken by nobody else
  const taken = assistant === null && !save.isPending && outside.assistants.some(({ id }) => id === values.id);
  const submit = (): void => {
    setTried(true);
    if (taken || !isWhole(how)) return;
    if (assistant !== null && !draft.changed) return onClose();
    draft.submit((body, refused) =>
      save.mutate(
        (now) => {
          const there = now.assistants.find(({ id }) => id === body.id) ?? null;
          if (differs(there, stored)) return null;
          return { ...now, assistants: there === null ? [...now.assistants, body] : now.assistants.map((one) => (one.id === body.id ? body : one)) };
        },
        {
          onSuccess() {
            toast("good", t(assistant === null ? "admin.created" : "admin.saved", { name: body.name }));
            onClose();
          },
          onError: refused,
        },
      ),
    );
  };
  return (
    <DraftSheet
      draft={draft}
      width="record"
      title={assistant === null ? t("admin.outside.assistant.new") : assistant.name}
      send={t(assistant === null ? "everywhere.create" : "everywhere.save")}
      busy={save.isPending || !mayEdit}
      onSend={submit}
      onClose={onClose}
      once={null}
      below={mayEdit && <TryAssistantPart assistant={values} look={look} />}
    >
      {/* Somebody else saved or removed it while this form is open: who saves then knows. */}
      {!isNew && !save.isPending && differs(assistant, stored) && <Newer onTake={stored === null ? onClose : onNewer} />}
      <fieldset disabled={!mayEdit} className="contents">
        <TextField
          label={t("admin.outside.name")}
          value={values.name}
          error={draft.error("name")}
          onChange={(name) => draft.set({ name: name.slice(0, 80), ...(assistant === null && values.id === idOf(values.name) ? { id: idOf(name) } : {}) })}
        />
        <TextField mono label={t("admin.outside.id")} hint={t("admin.outside.id.hint")} isDisabled={assistant !== null} value={values.id} error={tried && taken ? t("admin.outside.error.taken") : draft.error("id")} onChange={(id) => draft.set({ id: id.slice(0, 60) })} />
        <div className="flex flex-col items-start gap-1.5">
          <Segmented
            label={t("admin.outside.kind")}
            value={how.kind}
            options={[{ id: "keywords", label: t("admin.outside.kind.keywords") }, { id: "http", label: t("admin.outside.kind.http") }]}
            onChange={(kind) => {
              if (kind === how.kind) return;
              setOther(how);
              draft.set({ with: other });
            }}
          />
          <p className="text-meta text-ink-2">{t(`admin.outside.kind.${how.kind}.hint`)}</p>
        </div>
        {how.kind === "http" ? <HttpFields value={how} error={draft.error("with")} onChange={(next) => draft.set({ with: next })} look={look} /> : <KeywordFields value={how} error={draft.error("with") ?? (tried && !isWhole(how) ? t("admin.outside.error.entries") : null)} onChange={(next) => draft.set({ with: next })} look={look} />}
      </fieldset>
    </DraftSheet>
  );
}

/** Nobody is answered with silence: words and a text for each entry, and a text for what none of them knows. */
function isWhole(how: How): boolean {
  const some = (of: { fr?: unknown; en?: unknown }): boolean => of.fr !== undefined || of.en !== undefined;
  return how.kind === "http" || (some(how.otherwise) && how.entries.every(({ words, says }) => some(words) && some(says)));
}

/** As steps name it. */
function idOf(name: string): string {
  return folded(name).replaceAll(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+/, "").replace(/-+$/, "").slice(0, 60);
}
