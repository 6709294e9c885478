import { ExtensionChoices } from "@tandem/protocol";
import { BellOff, Mic } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { check, differs } from "../admin/draft.ts";
import { inWords, useDirectory, useMyChoices, useSetMyChoices } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { NotRead } from "../kit/not-read.tsx";
import { Switch } from "../kit/switch.tsx";
import { toast } from "../kit/toast.tsx";
import { dial } from "../phone/phone.ts";
import { ChoicesFields } from "../telephony/choices-fields.tsx";

/** *98 (exchange/feature-codes.ts). */
const GREETING_CODE = "*98";

/** What happens to my calls: do not disturb at once, the rest by Save. */
export function MyChoices(): ReactNode {
  const choices = useMyChoices();
  if (choices.data === undefined) return <NotRead query={choices} rows={6} />;
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
      <ChoicesFields
        choices={draft}
        onChange={setDraft}
        wrong={wrong}
        look={{ t, extensions: people }}
        greeting={
          <div>
            <Button icon={Mic} onPress={() => dial(GREETING_CODE, t("telephone.choices.voicemail"))}>
              {t("telephone.choices.greeting")}
            </Button>
            <p className="mt-1 text-meta text-ink-3">{t("telephone.choices.greeting.help")}</p>
          </div>
        }
      />
      <div>
        <Button type="submit" tone="primary" isDisabled={save.isPending || !differs(draft, stored)}>
          {t("telephone.choices.save")}
        </Button>
      </div>
    </form>
  );
}
