/** One setting of a queue or of the whole centre: whose it is, its form, and the way back to what is more general. */
import { QUEUE_SETTINGS } from "@tandem/protocol/queue-settings";
import type { QueueSetting, QueueSettingKind } from "@tandem/protocol/queue-settings";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { DraftFoot, DraftForm, Newer } from "../admin/draft-form.tsx";
import type { Look } from "../admin/kind-page.ts";
import { useUnsaved } from "../admin/unsaved.tsx";
import { useBase, useFollow } from "../admin/use-base.ts";
import type { Base } from "../admin/use-base.ts";
import { useDraft } from "../admin/use-draft.ts";
import { inWords, settingSchema, useMe, useQueueSetting, useSaveSetting } from "../data/data.ts";
import type { Setting, SettingFrom } from "../data/data.ts";
import type { Key } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Chip } from "../kit/chip.tsx";
import { ConfirmPopover } from "../kit/confirm-popover.tsx";
import { NotRead } from "../kit/not-read.tsx";
import { toast } from "../kit/toast.tsx";

export interface SettingFieldsProps<K extends QueueSettingKind> {
  draft: QueueSetting<K>;
  set: (change: Partial<QueueSetting<K>>) => void;
  error: (field: keyof QueueSetting<K> & string) => string | null;
  queueId: string | null;
  look: Look;
}
interface SettingFormProps<K extends QueueSettingKind> {
  kind: K;
  /** Null: the whole centre's. */
  queueId: string | null;
  errors: Partial<Record<keyof QueueSetting<K> & string, Key>>;
  Fields: (props: SettingFieldsProps<K>) => ReactNode;
  look: Look;
  title?: string;
  hint?: string;
}

export function SettingForm<K extends QueueSettingKind>(props: SettingFormProps<K>): ReactNode {
  const stored = useQueueSetting(props.kind, props.queueId);
  // A look that fails later takes no form away.
  if (stored.data === undefined) return <NotRead query={stored} rows={6} />;
  return <Loaded key={props.queueId ?? ""} {...props} stored={stored.data} />;
}

function Loaded<K extends QueueSettingKind>(props: SettingFormProps<K> & { stored: Setting<K> }): ReactNode {
  const from = useBase(props.stored);
  return <Begun key={from.base.revision + from.base.from} {...props} from={from} seen={props.stored.revision} />;
}

function Begun<K extends QueueSettingKind>({ kind, queueId, errors, Fields, look, title, hint, from, seen }: SettingFormProps<K> & { from: Base<Setting<K>>; /** A newer one is said (`Newer`): who saves then knows. */ seen: string }): ReactNode {
  const { t } = look;
  const stored = from.base;
  const mayEdit = useMe().roles.includes("administrator");
  const save = useSaveSetting(kind, queueId, seen);
  const [undone, setUndone] = useState(0);
  const draft = useDraft<QueueSetting<K>>({ schema: settingSchema(kind), initial: stored.body, errors, failed: save.error });
  const { unsaved, asks, saved: done, saveButton } = useFollow(from, draft.values, mayEdit && draft.changed, save.isPending);
  useUnsaved(unsaved);
  const saved = (words: Key): void => {
    toast("good", t(words));
    done();
  };
  const submit = (): void => draft.submit((body, refused) => save.mutate(body, { onSuccess: () => saved("admin.service.saved"), onError: refused }));
  const own = stored.from === (queueId === null ? "centre" : "queue");
  const back = (): void => save.mutate(null, { onSuccess: () => saved("admin.service.back.done"), onError: (why) => toast("alert", inWords(why)) });
  return (
    <DraftForm draft={draft} onSend={() => mayEdit && submit()} className="flex max-w-[44rem] flex-col gap-5 p-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {title !== undefined && <h3 className="text-body font-semibold">{title}</h3>}
        <FromChip from={stored.from} queueId={queueId} look={look} />
        {own && mayEdit && (
          <ConfirmPopover
            placement="bottom start"
            trigger={
              <Button size="s" tone="ghost" icon={RotateCcw} isDisabled={save.isPending}>
                {t(queueId === null ? "admin.service.back.default" : QUEUE_SETTINGS[kind].at === "queue" ? "admin.service.back.none" : "admin.service.back.centre")}
              </Button>
            }
            question={t("admin.service.back.question")}
            effect={t("admin.service.back.effect")}
            keepLabel={t("admin.delete.keep")}
            confirmLabel={t("admin.service.back.confirm")}
            onConfirm={back}
          />
        )}
        {hint !== undefined && <p className="w-full max-w-[38rem] text-control text-ink-2">{hint}</p>}
      </div>
      {asks && <Newer onTake={from.take} />}
      <fieldset disabled={!mayEdit} className="contents">
        <Fields key={undone} draft={draft.values} set={draft.set} error={draft.error} queueId={queueId} look={look} />
        {mayEdit && <DraftFoot draft={draft} label={queueId === null || own ? "everywhere.save" : "admin.service.save.own"} isSaving={save.isPending} saveButton={saveButton} onSave={submit} onUndone={() => setUndone((n) => n + 1)} />}
      </fieldset>
    </DraftForm>
  );
}

/** Where a value comes from. */
export function FromChip({ from, queueId, look }: { from: SettingFrom; queueId: string | null; look: Look }): ReactNode {
  return <Chip tone={from === "queue" ? "acc" : "plain"}>{look.t(queueId === null && from === "centre" ? "admin.service.from.set" : `admin.service.from.${from}`)}</Chip>;
}
