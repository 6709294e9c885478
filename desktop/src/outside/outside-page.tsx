/** What flows reach outside this centre: secrets that they send, hosts of the house that they may call, assistants that they may ask. */
import type { FlowOutside } from "@tandem/protocol/flow-outside";
import { useState } from "react";
import type { ReactNode } from "react";
import { useLook } from "../admin/kind-page.ts";
import { useChangeSetting, useMe, useQueueSetting } from "../data/data.ts";
import { NotRead } from "../kit/not-read.tsx";
import { DocumentPage } from "../telephony/document-page.tsx";
import { AssistantSheet } from "./assistant-sheet.tsx";
import { AssistantsPart } from "./assistants-part.tsx";
import { HostsPart } from "./hosts-part.tsx";
import { SecretsPart } from "./secrets-part.tsx";

export function OutsidePage(): ReactNode {
  const look = useLook();
  const { t } = look;
  const mayEdit = useMe().roles.includes("administrator");
  const stored = useQueueSetting("flow-outside", null);
  const save = useChangeSetting("flow-outside");
  /** The id of the assistant whose form is open; "" = a new one. */
  const [open, setOpen] = useState<string | null>(null);
  const [round, setRound] = useState(0);
  const outside: FlowOutside | null = stored.data?.body ?? null;
  return (
    <DocumentPage title={t("admin.outside")} readOnly={mayEdit ? null : t("admin.readOnly")}>
      {outside === null ? (
        <NotRead query={stored} rows={8} />
      ) : (
        <div className="flex max-w-[52rem] flex-col gap-8 p-4">
          <AssistantsPart outside={outside} mayEdit={mayEdit} save={save} look={look} onOpen={setOpen} />
          {mayEdit && <SecretsPart look={look} />}
          <HostsPart outside={outside} mayEdit={mayEdit} save={save} look={look} />
        </div>
      )}
      {open !== null && outside !== null && <AssistantSheet key={`${round} ${open}`} isNew={open === ""} onNewer={() => setRound((n) => n + 1)} outside={outside} assistant={outside.assistants.find(({ id }) => id === open) ?? null} save={save} look={look} onClose={() => setOpen(null)} />}
    </DocumentPage>
  );
}
