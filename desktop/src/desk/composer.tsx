import type { InteractionView } from "@tandem/protocol";
import { CornerDownLeft } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import { useCentre, useConnection } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { setDraft, useDraft } from "./drafts.ts";

/** The protocol's limit of one message. */
const MAX_LENGTH = 4000;

/** Enter sends, Shift Enter breaks the line; the draft stays with its conversation. */
export function Composer({ interaction }: { interaction: InteractionView }): ReactNode {
  const t = useT();
  const centre = useCentre();
  const offline = useConnection().phase !== "live";
  const { id } = interaction;
  const draft = useDraft(id);
  const empty = draft.trim() === "";
  const send = (): void => {
    if (empty) return;
    centre.sendMessage(id, draft);
    setDraft(id, "");
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <div className="mx-3 mb-3 shrink-0 rounded-card border border-line-2 bg-raised focus-within:border-acc focus-within:shadow-[0_0_0_1px_var(--acc)]">
      <textarea
        data-region-focus
        aria-label={t("desk.chat.composer", { name: interaction.customer.name })}
        placeholder={t("desk.chat.placeholder")}
        lang={interaction.language}
        spellCheck
        rows={2}
        maxLength={MAX_LENGTH}
        value={draft}
        onChange={(event) => {
          setDraft(id, event.target.value);
          if (event.target.value !== "") centre.typing(id);
        }}
        onKeyDown={onKeyDown}
        className="field-sizing-content block max-h-52 min-h-[3.75rem] w-full resize-none rounded-card bg-transparent px-2.5 pt-2 text-body outline-none"
      />
      <div className="flex items-center gap-2 px-1.5 pb-1.5 pl-2.5">
        <span className="min-w-0 grow truncate text-meta text-ink-3">{hint()}</span>
        <Button tone={empty ? "soft" : "primary"} isDisabled={empty} onPress={send}>
          {t("desk.chat.send")}
          <CornerDownLeft size={14} aria-hidden />
        </Button>
      </div>
    </div>
  );

  function hint(): string {
    if (draft.length > MAX_LENGTH * 0.9) return t("desk.chat.lengthLeft", { n: MAX_LENGTH - draft.length });
    if (offline) return t("desk.chat.offline");
    if (!interaction.customerPresent) return t("desk.chat.leftHint");
    return t("desk.chat.keys");
  }
}
