import type { InteractionView } from "@tandem/protocol";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { Avatar } from "../kit/avatar.tsx";
import { Chip } from "../kit/chip.tsx";
import { Timer } from "../kit/num.tsx";
import { useHandedTo } from "../kit/handed-to.ts";
import { ContactDetail, EndContact } from "./contact-detail.tsx";
import { InspectorHead } from "./inspector-head.tsx";

export function InspectContact({ contact, from }: { contact: InteractionView; from: { what: "agent" | "queue"; id: string } }): ReactNode {
  const t = useT();
  const handed = useHandedTo(contact);
  const since = contact.connectedAtMs ?? contact.queuedAtMs ?? contact.createdAtMs;
  return (
    <>
      <InspectorHead
        from={from}
        title={contact.customer.name}
        lead={<Avatar name={contact.customer.name} size="l" />}
        subtitle={
          <>
            {t(contact.state === "flow" && contact.medium !== "voice" ? "everywhere.interaction.flow.chat" : `everywhere.interaction.${contact.state}`)} <Timer sinceMs={since} />
            {contact.queue !== null && <Chip className="ml-1">{contact.queue.name}</Chip>}
            {handed !== null && <Chip className="ml-1">{handed}</Chip>}
          </>
        }
      />
      <div className="min-h-0 grow overflow-auto px-4 py-3" tabIndex={-1}>
        <ContactDetail contact={contact} />
      </div>
      {contact.state !== "closed" && contact.state !== "wrapping" && (
        <footer className="flex shrink-0 items-center justify-end gap-2 border-t border-line px-3 py-2.5">
          <EndContact contact={contact} />
        </footer>
      )}
    </>
  );
}
