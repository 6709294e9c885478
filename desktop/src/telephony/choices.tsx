/** What the holder of an extension sets, set here for them: saved at once, apart from the extension's own form. */
import { ExtensionChoices } from "@tandem/protocol";
import { useState } from "react";
import type { ReactNode } from "react";
import { check } from "../admin/draft.ts";
import type { Look } from "../admin/kind-page.ts";
import { inWords, useChoices, useSetChoices } from "../data/data.ts";
import { Button } from "../kit/button.tsx";
import { Switch } from "../kit/switch.tsx";
import { toast } from "../kit/toast.tsx";
import { ChoicesFields, forwardWhens } from "./choices-fields.tsx";
import { Fold } from "./fields.tsx";

export function Choices({ extensionId, look }: { extensionId: string; look: Look }): ReactNode {
  const stored = useChoices(extensionId).data;
  return (
    <Fold label={look.t("admin.choices")} hint={stored === undefined ? "" : summary(stored, look)}>
      {stored !== undefined && <ChoicesForm extensionId={extensionId} stored={stored} look={look} />}
    </Fold>
  );
}

function summary({ doNotDisturb, forward, voicemail }: ExtensionChoices, { t }: Look): string {
  const parts = [doNotDisturb ? t("admin.extensions.dnd") : null, forwardWhens.some((when) => forward[when] !== null) ? t("admin.extensions.forwarded") : null, voicemail.on ? t("admin.choices.voicemail") : null];
  return parts.filter((part) => part !== null).join(" · ");
}

function ChoicesForm({ extensionId, stored, look }: { extensionId: string; stored: ExtensionChoices; look: Look }): ReactNode {
  const { t } = look;
  const [draft, setDraft] = useState(stored);
  const [tried, setTried] = useState(false);
  const save = useSetChoices(extensionId);
  const checked = check(ExtensionChoices, draft);
  const wrong = tried && !checked.ok ? checked.fields : [];
  const submit = (): void => {
    setTried(true);
    if (!checked.ok) return;
    save.mutate(checked.body, { onSuccess: () => toast("good", t("admin.choices.saved")), onError: (why) => toast("alert", inWords(why)) });
  };
  return (
    <>
      <Switch isSelected={draft.doNotDisturb} onChange={(doNotDisturb) => setDraft({ ...draft, doNotDisturb })}>
        {t("admin.choices.doNotDisturb")}
      </Switch>
      <ChoicesFields choices={draft} onChange={setDraft} wrong={wrong} look={look} />
      <div>
        <Button isDisabled={save.isPending} onPress={submit}>
          {t("admin.choices.save")}
        </Button>
      </div>
    </>
  );
}
