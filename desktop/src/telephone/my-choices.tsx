import { ExtensionChoices } from "@tandem/protocol";
import { BellOff, CircleAlert, Mic } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { check, differs } from "../admin/draft.ts";
import { Group } from "../admin/fields.tsx";
import { inWords, useDirectory, useMyChoices, useSetMyChoices } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { TextField } from "../kit/field.tsx";
import { Notice } from "../kit/notice.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { Switch } from "../kit/switch.tsx";
import { toast } from "../kit/toast.tsx";
import { dial } from "../phone/phone.ts";
import { DestinationField } from "../telephony/fields.tsx";

/** *98 (exchange/feature-codes.ts). */
const GREETING_CODE = "*98";
const whens = ["always", "busy", "noAnswer", "unreachable"] as const;

/** What happens to my calls: do not disturb at once, the rest by Save. */
export function MyChoices(): ReactNode {
  const t = useT();
  const choices = useMyChoices();
  if (choices.isError)
    return (
      <Notice tone="alert" icon={CircleAlert} className="m-4" actions={<Button onPress={() => void choices.refetch()}>{t("everywhere.retry")}</Button>}>
        {inWords(choices.error)}
      </Notice>
    );
  if (choices.data === undefined) return <Skeleton rows={6} className="p-4" />;
  // Changed by a feature code meanwhile: the form begins anew with what holds now.
  return <Form key={JSON.stringify(choices.data)} stored={choices.data} />;
}

function Form({ stored }: { stored: ExtensionChoices }): ReactNode {
  const t = useT();
  const save = useSetMyChoices();
  const people = (useDirectory().data ?? []).filter(({ kind }) => kind === "extension").map(({ id, name, number }) => ({ id, number, label: name }));
  const [draft, setDraft] = useState(stored);
  const [tried, setTried] = useState(false);
  const checked = check(ExtensionChoices, draft);
  const wrong = tried && !checked.ok ? checked.fields : [];
  const { forward, voicemail } = draft;
  const write = (body: ExtensionChoices): void => save.mutate(body, { onSuccess: () => toast("good", t("telephone.choices.saved")), onError: (why) => toast("alert", inWords(why)) });
  const submit = (): void => {
    setTried(true);
    if (checked.ok) write(checked.body);
  };
  return (
    <form
      noValidate
      aria-label={t("telephone.choices")}
      className="flex flex-col gap-5 p-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div>
        <Switch isSelected={stored.doNotDisturb} isDisabled={save.isPending} onChange={(doNotDisturb) => write({ ...stored, doNotDisturb })}>
          <BellOff size={15} aria-hidden />
          {t("telephone.choices.dnd")}
        </Switch>
        <p className="mt-1 text-meta text-ink-2">{t("telephone.choices.dnd.help")}</p>
      </div>
      <Group label={t("telephone.choices.forward")} error={wrong.includes("forward") ? t("admin.error.destination") : null}>
        <div className="flex flex-col gap-3">
          {whens.map((when) => (
            <DestinationField key={when} label={t(`admin.choices.forward.${when}`)} none={t(`admin.choices.forward.${when}.none`)} value={forward[when]} onChange={(destination) => setDraft({ ...draft, forward: { ...forward, [when]: destination } })} look={{ t, extensions: people }} />
          ))}
        </div>
      </Group>
      <Group label={t("telephone.choices.voicemail")}>
        <div className="flex flex-col gap-3">
          <Switch isSelected={voicemail.on} onChange={(on) => setDraft({ ...draft, voicemail: { ...voicemail, on } })}>
            {t("admin.choices.voicemail.on")}
          </Switch>
          {voicemail.on && (
            <>
              <TextField type="email" label={t("admin.choices.voicemail.email")} hint={t("admin.choices.voicemail.email.hint")} error={wrong.includes("voicemail") ? t("admin.error.choices.voicemail") : null} value={voicemail.email ?? ""} onChange={(email) => setDraft({ ...draft, voicemail: { ...voicemail, email: email.trim() === "" ? null : email.trim() } })} />
              <TextField mono inputMode="numeric" label={t("admin.choices.voicemail.pin")} hint={t("admin.choices.voicemail.pin.hint")} value={voicemail.pin ?? ""} onChange={(pin) => setDraft({ ...draft, voicemail: { ...voicemail, pin: pin === "" ? null : pin } })} autoComplete="off" />
              <div>
                <Button icon={Mic} onPress={() => dial(GREETING_CODE, t("telephone.choices.voicemail"))}>
                  {t("telephone.choices.greeting")}
                </Button>
                <p className="mt-1 text-meta text-ink-3">{t("telephone.choices.greeting.help")}</p>
              </div>
            </>
          )}
        </div>
      </Group>
      <div>
        <Button type="submit" tone="primary" isDisabled={save.isPending || !differs(draft, stored)}>
          {t("telephone.choices.save")}
        </Button>
      </div>
    </form>
  );
}
