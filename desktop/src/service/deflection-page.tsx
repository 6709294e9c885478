/** Deflection: what happens now by queue and channel, the whole centre's word, each queue's own, the words. */
import { DeflectionWords } from "@tandem/protocol/hours";
import { useState } from "react";
import type { ReactNode } from "react";
import { Group } from "../admin/fields.tsx";
import { useLook } from "../admin/kind-page.ts";
import type { Look } from "../admin/kind-page.ts";
import { useLeave } from "../admin/unsaved.tsx";
import { useCallbackLinks, useMe } from "../data/data.ts";
import { Checkbox } from "../kit/checkbox.tsx";
import { TextField } from "../kit/field.tsx";
import { Switch } from "../kit/switch.tsx";
import { Tabs } from "../kit/tabs.tsx";
import { DocumentPage } from "../telephony/document-page.tsx";
import { CapacityFields } from "./capacity-fields.tsx";
import { DeflectionNow } from "./deflection-now.tsx";
import { DeflectionQueues } from "./deflection-queues.tsx";
import { SaysField } from "./says-field.tsx";
import { SettingForm } from "./setting-form.tsx";
import type { SettingFieldsProps } from "./setting-form.tsx";
import { CallField, isDialled, MobileOptionsField, WebField } from "./way-fields.tsx";

type Tab = "now" | "queues" | "centre" | "words";

export function DeflectionPage(): ReactNode {
  const look = useLook();
  const { t } = look;
  const mayEdit = useMe().roles.includes("administrator");
  const leave = useLeave();
  const [tab, setTab] = useState<Tab>("now");
  return (
    <DocumentPage title={t("admin.deflection")} readOnly={mayEdit ? null : t("admin.readOnly")}>
      <Tabs<Tab>
        label={t("admin.deflection")}
        value={tab}
        onChange={(next) => leave(() => setTab(next))}
        className="h-full"
        tabs={[
          { id: "now", label: t("admin.deflection.now"), panel: <DeflectionNow look={look} /> },
          { id: "centre", label: t("admin.deflection.centre"), panel: <Centre look={look} /> },
          { id: "queues", label: t("admin.deflection.queues"), panel: <DeflectionQueues look={look} /> },
          { id: "words", label: t("admin.deflection.words"), panel: <SettingForm kind="deflection" queueId={null} errors={{ words: "admin.error.service.words" }} Fields={WordsFields} look={look} title={t("admin.deflection.words")} hint={t("admin.deflection.words.hint")} /> },
        ]}
      />
    </DocumentPage>
  );
}

function Centre({ look }: { look: Look }): ReactNode {
  const { t } = look;
  return (
    <div className="divide-y divide-line">
      <SettingForm kind="details" queueId={null} errors={{ supportEmail: "admin.error.service.email", publicUrl: "admin.error.service.publicUrl" }} Fields={DetailsFields} look={look} title={t("admin.details")} hint={t("admin.details.hint")} />
      <SettingForm kind="deflection" queueId={null} errors={{ calls: "admin.error.service.calls", chats: "admin.error.service.value" }} Fields={DeflectionFields} look={look} title={t("admin.deflection.outside")} hint={t("admin.deflection.outside.hint")} />
      <SettingForm kind="over-capacity" queueId={null} errors={{ longestWaitMs: "admin.error.service.value", length: "admin.error.service.value", then: "admin.error.service.then" }} Fields={CapacityFields} look={look} title={t("admin.capacity")} hint={t("admin.capacity.hint")} />
    </div>
  );
}

function DetailsFields({ draft, set, error, look }: SettingFieldsProps<"details">): ReactNode {
  const { t } = look;
  return (
    <>
      <div className="grid grid-cols-2 items-start gap-3">
        <TextField type="email" label={t("admin.details.email")} hint={t("admin.details.email.hint")} error={error("supportEmail")} value={draft.supportEmail ?? ""} onChange={(email) => set({ supportEmail: email.trim() === "" ? null : email.trim() })} autoComplete="off" />
        <TextField type="url" label={t("admin.details.site")} hint={t("admin.details.site.hint")} placeholder="https://" error={error("publicUrl")} value={draft.publicUrl ?? ""} onChange={(url) => set({ publicUrl: url.trim() === "" ? null : url.trim() })} autoComplete="off" />
      </div>
      <LinksSent isOn={draft.publicUrl !== null} look={look} />
    </>
  );
}

/** Links of promised calls: what is missing for them, or what became of those of a day. */
function LinksSent({ isOn, look }: { isOn: boolean; look: Look }): ReactNode {
  const { t, format } = look;
  const links = useCallbackLinks().data;
  if (!isOn) return <p className="text-control text-amber-ink">{t("admin.links.none")}</p>;
  if (links === undefined) return null;
  const { sent, failed, lastFailed, mail } = links;
  return (
    <div className="flex flex-col gap-1 text-control text-ink-2">
      <p>{t("admin.links.day", { sent })}</p>
      {lastFailed !== null && (
        <p className="text-alert-ink">
          {t("admin.links.failed", { failed, time: format.clock(lastFailed.atMs) })} {t(`admin.links.why.${lastFailed.why}`)}
        </p>
      )}
      {!mail && <p className="text-meta text-ink-3">{t("admin.links.noMail")}</p>}
    </div>
  );
}

function DeflectionFields({ draft, set, error, look }: SettingFieldsProps<"deflection">): ReactNode {
  const { t } = look;
  const { calls, chats } = draft;
  const atMobile = calls.mobile.number !== null && !isDialled(calls.mobile.number);
  const atNumber = calls.enabled && (atMobile || (calls.ivr.kind === "number" && !isDialled(calls.ivr.number)));
  const call = (part: Partial<typeof calls>): void => set({ calls: { ...calls, ...part } });
  const chat = (part: Partial<typeof chats>): void => set({ chats: { ...chats, ...part } });
  return (
    <>
      <Group label={t("admin.deflection.calls")} error={atNumber ? null : error("calls")}>
        <Switch isSelected={calls.enabled} onChange={(enabled) => call({ enabled })}>
          {t("admin.deflection.calls.on")}
        </Switch>
        <Checkbox isSelected={calls.transferToClosed} onChange={(transferToClosed) => call({ transferToClosed })}>
          {t("admin.deflection.transfer")}
          <span className="block text-meta text-ink-3">{t("admin.deflection.transfer.hint")}</span>
        </Checkbox>
        {calls.enabled && (
          <>
            <CallField label={t("admin.channel.ivr")} value={calls.ivr} error={error("calls")} others={[]} queueId={null} onChange={(ivr) => typeof ivr !== "string" && call({ ivr })} look={look} />
            <WebField label={t("admin.channel.web")} hint={t("admin.deflection.web.hint")} value={calls.web} onChange={(web) => call({ web })} look={look} />
            <MobileOptionsField label={t("admin.channel.mobile")} hint={t("admin.deflection.mobile.hint")} error={atMobile ? error("calls") : null} value={calls.mobile} onChange={(mobile) => call({ mobile })} look={look} />
          </>
        )}
      </Group>
      <Group label={t("admin.deflection.chats")} error={error("chats")}>
        <Switch isSelected={chats.enabled} onChange={(enabled) => chat({ enabled })}>
          {t("admin.deflection.chats.on")}
        </Switch>
        {chats.enabled ? (
          <Checkbox isSelected={chats.email} onChange={(email) => chat({ email })}>
            {t("admin.deflection.option.email")}
            <span className="block text-meta text-ink-3">{t("admin.deflection.chats.email.hint")}</span>
          </Checkbox>
        ) : (
          <Checkbox isSelected={chats.transferToClosedWhenOff} onChange={(transferToClosedWhenOff) => chat({ transferToClosedWhenOff })}>
            {t("admin.deflection.transfer.off")}
            <span className="block text-meta text-ink-3">{t("admin.deflection.transfer.hint")}</span>
          </Checkbox>
        )}
      </Group>
    </>
  );
}

const WORDS = Object.keys(DeflectionWords.shape) as (keyof DeflectionWords)[];
function WordsFields({ draft, set, look }: SettingFieldsProps<"deflection">): ReactNode {
  const { words } = draft;
  return (
    <>
      {WORDS.map((name) => (
        <SaysField key={name} label={look.t(`admin.deflection.words.${name}`)} value={words[name]} onChange={(says) => set({ words: { ...words, [name]: says } })} look={look} />
      ))}
    </>
  );
}
