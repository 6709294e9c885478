/** The assistants by name: what each answers with. */
import type { FlowOutside } from "@tandem/protocol/flow-outside";
import { Bot, Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import type { Look } from "../admin/kind-page.ts";
import { inWords } from "../data/data.ts";
import type { useChangeSetting } from "../data/data.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { Chip } from "../kit/chip.tsx";
import { ConfirmPopover } from "../kit/confirm-popover.tsx";
import { toast } from "../kit/toast.tsx";
import { Part } from "../telephony/document-page.tsx";

export type SaveOutside = ReturnType<typeof useChangeSetting<"flow-outside">>;

/** As the server allows (protocol/flow-outside.ts). */
const MAX_ASSISTANTS = 20;

export function AssistantsPart({ outside, mayEdit, save, look, onOpen }: { outside: FlowOutside; mayEdit: boolean; save: SaveOutside; look: Look; onOpen: (id: string) => void }): ReactNode {
  const { t } = look;
  const remove = (id: string, name: string): void =>
    save.mutate((now) => ({ ...now, assistants: now.assistants.filter((one) => one.id !== id) }), { onSuccess: () => toast("info", t("admin.outside.assistant.removed", { name })), onError: (why) => toast("alert", inWords(why)) });
  return (
    <Part title={t("admin.outside.assistants")} hint={t("admin.outside.assistants.hint")}>
      {outside.assistants.length > 0 && (
        <ul className="flex flex-col rounded-card border border-line">
          {outside.assistants.map(({ id, name, with: how }) => (
            <li key={id} className="flex items-center gap-3 border-b border-line px-3 py-2 last:border-b-0">
              <Bot size={16} aria-hidden className="shrink-0 text-ink-3" />
              <span className="min-w-0 grow">
                <span className="block truncate text-body font-medium">{name}</span>
                <span className="block truncate text-meta text-ink-3">{how.kind === "http" ? how.url : t("admin.outside.keywords.count", { n: how.entries.length })}</span>
              </span>
              <Chip tone="plain">{t(`admin.outside.kind.${how.kind}`)}</Chip>
              <Button aria-label={t(mayEdit ? "admin.outside.edit.of" : "admin.outside.look.of", { name })} onPress={() => onOpen(id)}>
                {t(mayEdit ? "admin.outside.edit" : "admin.outside.look")}
              </Button>
              {mayEdit && (
                <ConfirmPopover
                  trigger={<IconButton icon={Trash2} label={t("admin.outside.assistant.remove", { name })} />}
                  placement="bottom end"
                  question={t("admin.outside.assistant.remove.ask", { name })}
                  effect={t("admin.outside.assistant.remove.effect")}
                  confirmLabel={t("everywhere.delete")}
                  onConfirm={() => remove(id, name)}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {mayEdit && (
        <div>
          <Button icon={Plus} isDisabled={outside.assistants.length >= MAX_ASSISTANTS} onPress={() => onOpen("")}>
            {t("admin.outside.assistant.new")}
          </Button>
        </div>
      )}
    </Part>
  );
}
