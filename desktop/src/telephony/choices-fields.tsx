/** The fields of a holder's choices: in their own telephone, and in the administration. */
import type { ExtensionChoices } from "@tandem/protocol";
import type { ReactNode } from "react";
import { Group } from "../admin/fields.tsx";
import { TextField } from "../kit/field.tsx";
import { Switch } from "../kit/switch.tsx";
import { DestinationField } from "./fields.tsx";
import type { Choosable } from "./fields.tsx";

/** When a call goes elsewhere, in the order in which people think of it. */
export const forwardWhens = ["always", "busy", "noAnswer", "unreachable"] as const;

export interface ChoicesFieldsProps {
  choices: ExtensionChoices;
  onChange: (choices: ExtensionChoices) => void;
  /** Names of the wrong fields. */
  wrong: readonly string[];
  look: Choosable;
  /** Under the voicemail's fields, while it takes messages. */
  greeting?: ReactNode;
}

export function ChoicesFields({ choices, onChange, wrong, look, greeting }: ChoicesFieldsProps): ReactNode {
  const { t } = look;
  const { forward, voicemail } = choices;
  const setVoicemail = (change: Partial<ExtensionChoices["voicemail"]>): void => onChange({ ...choices, voicemail: { ...voicemail, ...change } });
  return (
    <>
      <Group label={t("telephone.choices.forward")} error={wrong.includes("forward") ? t("admin.error.destination") : null}>
        {forwardWhens.map((when) => (
          <DestinationField key={when} label={t(`admin.choices.forward.${when}`)} none={t(`admin.choices.forward.${when}.none`)} value={forward[when]} onChange={(destination) => onChange({ ...choices, forward: { ...forward, [when]: destination } })} look={look} />
        ))}
      </Group>
      <Group label={t("telephone.choices.voicemail")}>
        <Switch isSelected={voicemail.on} onChange={(on) => setVoicemail({ on })}>
          {t("admin.choices.voicemail.on")}
        </Switch>
        {voicemail.on && (
          <>
            <div className="grid grid-cols-[repeat(auto-fit,minmax(11rem,1fr))] items-start gap-3">
              <TextField type="email" label={t("admin.choices.voicemail.email")} hint={t("admin.choices.voicemail.email.hint")} error={wrong.includes("voicemail") ? t("admin.error.choices.voicemail") : null} value={voicemail.email ?? ""} onChange={(email) => setVoicemail({ email: email.trim() === "" ? null : email.trim() })} />
              <TextField mono inputMode="numeric" label={t("admin.choices.voicemail.pin")} hint={t("admin.choices.voicemail.pin.hint")} value={voicemail.pin ?? ""} onChange={(pin) => setVoicemail({ pin: pin === "" ? null : pin })} autoComplete="off" />
            </div>
            {greeting}
          </>
        )}
      </Group>
    </>
  );
}
