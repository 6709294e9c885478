/** What customers hear while they wait, what the agent hears before them, callbacks and voicemail: of the whole centre, and of each queue that differs. */
import { useState } from "react";
import type { ReactNode } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import { useLook } from "../admin/kind-page.ts";
import type { Look } from "../admin/kind-page.ts";
import { useLeave } from "../admin/unsaved.tsx";
import { useMe, useOwnSettings } from "../data/data.ts";
import { Chip } from "../kit/chip.tsx";
import { Tabs } from "../kit/tabs.tsx";
import { DocumentPage } from "../telephony/document-page.tsx";
import { CallbackFields, VoicemailFields } from "./promise-fields.tsx";
import { SettingForm } from "./setting-form.tsx";
import { WaitingFields } from "./waiting-fields.tsx";
import { WhisperFields } from "./whisper-fields.tsx";

type Tab = "waiting" | "whisper" | "callback" | "voicemail";
const TABS = ["waiting", "whisper", "callback", "voicemail"] as const satisfies readonly Tab[];
const CENTRE = "";
const VALUE = "admin.error.service.value";

export function WaitingPage(): ReactNode {
  const look = useLook();
  const { t, queues } = look;
  const mayEdit = useMe().roles.includes("administrator");
  const leave = useLeave();
  const [chosen, setChosen] = useState(CENTRE);
  const [tab, setTab] = useState<Tab>("waiting");
  const own = { waiting: useOwnSettings("waiting").data, whisper: useOwnSettings("whisper").data, callback: useOwnSettings("callback").data, voicemail: useOwnSettings("voicemail").data };
  const queueId = chosen === CENTRE ? null : chosen;
  return (
    <DocumentPage title={t("admin.waiting")} readOnly={mayEdit ? null : t("admin.readOnly")}>
      <div className="flex h-full max-stack:flex-col">
        <ListBox
          aria-label={t("admin.waiting.whose")}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[chosen === CENTRE ? "centre" : `q ${chosen}`]}
          onSelectionChange={(keys) => {
            const [key] = keys === "all" ? [] : [...keys];
            if (key !== undefined) leave(() => setChosen(key === "centre" ? CENTRE : String(key).slice(2)));
          }}
          className="flex w-56 shrink-0 flex-col gap-0.5 overflow-auto border-r border-line p-2 outline-none max-stack:max-h-40 max-stack:w-full max-stack:border-r-0 max-stack:border-b"
        >
          <Scope id="centre" name={t("admin.waiting.centre")} own={[]} look={look} />
          {queues.map(({ id, name }) => (
            <Scope key={id} id={`q ${id}`} name={name} own={TABS.filter((kind) => own[kind]?.[id] !== undefined)} look={look} />
          ))}
        </ListBox>
        <Tabs<Tab>
          label={t("admin.waiting")}
          value={tab}
          onChange={(next) => leave(() => setTab(next))}
          className="h-full min-w-0 grow"
          tabs={[
            { id: "waiting", label: t("admin.waiting.tab"), panel: <SettingForm kind="waiting" queueId={queueId} errors={{ music: VALUE, announcements: "admin.error.waiting.announcements", firstAfterS: VALUE, everyS: VALUE, quietS: VALUE, callback: VALUE }} Fields={WaitingFields} look={look} title={t("admin.waiting.tab")} hint={t("admin.waiting.hint")} /> },
            { id: "whisper", label: t("admin.whisper"), panel: <SettingForm kind="whisper" queueId={queueId} errors={{ says: VALUE, recordingId: VALUE, speed: VALUE }} Fields={WhisperFields} look={look} title={t("admin.whisper")} hint={t("admin.whisper.hint")} /> },
            { id: "callback", label: t("admin.callbackSettings"), panel: <SettingForm kind="callback" queueId={queueId} errors={{ slotMinutes: VALUE, perSlot: VALUE, daysAhead: VALUE, leadMinutes: VALUE, attempts: VALUE, pauseMinutes: VALUE, ringSeconds: VALUE, toleranceMinutes: VALUE, callerNumber: "admin.error.service.e164", greeting: "admin.error.service.words" }} Fields={CallbackFields} look={look} title={t("admin.callbackSettings")} hint={t("admin.callbackSettings.hint")} /> },
            { id: "voicemail", label: t("admin.voicemailSettings"), panel: <SettingForm kind="voicemail" queueId={queueId} errors={{ keepDays: VALUE, emails: "admin.error.service.emails", silenceSeconds: VALUE }} Fields={VoicemailFields} look={look} title={t("admin.voicemailSettings")} hint={t("admin.voicemailSettings.hint")} /> },
          ]}
        />
      </div>
    </DocumentPage>
  );
}

/** A queue, and how many of these settings are its own. */
function Scope({ id, name, own, look }: { id: string; name: string; own: readonly Tab[]; look: Look }): ReactNode {
  const words = own.length === 0 ? null : look.t("admin.waiting.own", { n: own.length });
  return (
    <ListBoxItem id={id} textValue={words === null ? name : `${name}, ${words}`} className="flex min-h-7 cursor-default items-center gap-2 rounded-control px-2.5 text-control text-ink-2 outline-offset-[-2px] data-hovered:bg-sunken data-selected:bg-fill data-selected:font-medium data-selected:text-ink">
      <span className="min-w-0 grow truncate">{name}</span>
      {words !== null && <Chip tone="acc">{words}</Chip>}
    </ListBoxItem>
  );
}
