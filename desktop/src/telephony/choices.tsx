/** What the holder of an extension sets, set here for them: saved at once, apart from the extension's own form. */
import { ExtensionChoices } from "@tandem/protocol";
import { useState } from "react";
import type { ReactNode } from "react";
import { check } from "../admin/draft.ts";
import { Group } from "../admin/fields.tsx";
import type { Look } from "../admin/kind-page.ts";
import { inWords, useChoices, useSetChoices } from "../data/data.ts";
import { Button } from "../kit/button.tsx";
import { TextField } from "../kit/field.tsx";
import { Switch } from "../kit/switch.tsx";
import { toast } from "../kit/toast.tsx";
import { DestinationField, Fold } from "./fields.tsx";

export function Choices({ extensionId, look }: { extensionId: string; look: Look }): ReactNode {
  const stored = useChoices(extensionId).data;
  return (
    <Fold label={look.t("admin.choices")} hint={stored === undefined ? "" : summary(stored, look)}>
      {stored !== undefined && <ChoicesForm extensionId={extensionId} stored={stored} look={look} />}
    </Fold>
  );
}

const whens = ["always", "busy", "noAnswer", "unreachable"] as const;

function summary({ doNotDisturb, forward, voicemail }: ExtensionChoices, { t }: Look): string {
  const parts = [doNotDisturb ? t("admin.extensions.dnd") : null, whens.some((when) => forward[when] !== null) ? t("admin.extensions.forwarded") : null, voicemail.on ? t("admin.choices.voicemail") : null];
  return parts.filter((part) => part !== null).join(" · ");
}

function ChoicesForm({ extensionId, stored, look }: { extensionId: string; stored: ExtensionChoices; look: Look }): ReactNode {
  const { t } = look;
  const [draft, setDraft] = useState(stored);
  const [tried, setTried] = useState(false);
  const save = useSetChoices(extensionId);
  const checked = check(ExtensionChoices, draft);
  const wrong = tried && !checked.ok ? checked.fields : [];
  const { forward, voicemail } = draft;
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
      <Group label={t("admin.choices.forward")} error={wrong.includes("forward") ? t("admin.error.destination") : null}>
        {whens.map((when) => (
          <DestinationField key={when} label={t(`admin.choices.forward.${when}`)} none={t(`admin.choices.forward.${when}.none`)} value={forward[when]} onChange={(destination) => setDraft({ ...draft, forward: { ...forward, [when]: destination } })} look={look} />
        ))}
      </Group>
      <Group label={t("admin.choices.voicemail")}>
        <Switch isSelected={voicemail.on} onChange={(on) => setDraft({ ...draft, voicemail: { ...voicemail, on } })}>
          {t("admin.choices.voicemail.on")}
        </Switch>
        {voicemail.on && (
          <div className="grid grid-cols-2 gap-3">
            <TextField type="email" label={t("admin.choices.voicemail.email")} hint={t("admin.choices.voicemail.email.hint")} error={wrong.includes("voicemail") ? t("admin.error.choices.voicemail") : null} value={voicemail.email ?? ""} onChange={(email) => setDraft({ ...draft, voicemail: { ...voicemail, email: email.trim() === "" ? null : email.trim() } })} />
            <TextField mono inputMode="numeric" label={t("admin.choices.voicemail.pin")} hint={t("admin.choices.voicemail.pin.hint")} value={voicemail.pin ?? ""} onChange={(pin) => setDraft({ ...draft, voicemail: { ...voicemail, pin: pin === "" ? null : pin } })} autoComplete="off" />
          </div>
        )}
      </Group>
      <div>
        <Button isDisabled={save.isPending} onPress={submit}>
          {t("admin.choices.save")}
        </Button>
      </div>
    </>
  );
}
