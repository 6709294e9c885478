/** The flow's own settings, shown while no step is chosen: languages, the way to a person, retries, limits, variables. */
import type { FlowLanguage, VariableType } from "@tandem/protocol/flow/flow";
import { useNavigate } from "@tanstack/react-router";
import { Plus, Trash2, X } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { flowApi, flowsChanged, inWords } from "../../data/data.ts";
import { useT } from "../../i18n/i18n.ts";
import { Button, IconButton } from "../../kit/button.tsx";
import { Checkbox } from "../../kit/checkbox.tsx";
import { ConfirmPopover } from "../../kit/confirm-popover.tsx";
import { NumberField, TextField } from "../../kit/field.tsx";
import { Select } from "../../kit/select.tsx";
import { toast } from "../../kit/toast.tsx";
import { setView, useDesigner, useEditor } from "../designer-context.ts";
import { valueOf } from "./choices-field.tsx";
import { SaysField } from "./says-field.tsx";
import { NeedsField, PriorityField, QueueField, ReadField, SecondsField, WordsField } from "./small-fields.tsx";
import { useSetFlow, without } from "./step-form.ts";
import { TextsField } from "./texts-field.tsx";

const allLanguages: readonly FlowLanguage[] = ["fr", "en"];

export function FlowForm(): ReactNode {
  const t = useT();
  const designer = useDesigner();
  const document = useEditor((s) => s.document);
  const set = useSetFlow();
  const { reachHuman, retry, silence, limits, languages, languageNeeds } = document;
  return (
    <>
      <TextField label={t("flows.flow.name")} value={document.name} error={document.name.trim() === "" ? t("flows.expression.empty") : null} onChange={(name) => set("name", { name: name.slice(0, 100) })} />
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1.5 text-control font-medium">{t("flows.flow.languages")}</legend>
        {allLanguages.map((language) => (
          <div key={language} className="flex items-center gap-2">
            <span className="grow">
              <Checkbox
                isSelected={languages.includes(language)}
                isDisabled={languages.length === 1 && languages.includes(language)}
                onChange={(on) => {
                  const next = on ? [...languages, language] : languages.filter((one) => one !== language);
                  set("languages", { languages: next });
                  if (!on) setView(designer, { language: next[0] ?? "fr" });
                }}
              >
                {t(`flows.language.${language}`)}
              </Checkbox>
            </span>
            {languages[0] === language ? (
              <span className="text-meta text-ink-3">{t("flows.flow.languages.first")}</span>
            ) : (
              languages.includes(language) && (
                <Button size="s" tone="ghost" onPress={() => set("languages", { languages: [language, ...languages.filter((one) => one !== language)] })}>
                  {t("flows.flow.languages.makeFirst")}
                </Button>
              )
            )}
          </div>
        ))}
      </fieldset>
      <Part title={t("flows.reach")} hint={t("flows.reach.hint")}>
        <QueueField label={t("flows.queue")} value={reachHuman.queueId} onChange={(queueId) => set("reach queue", { reachHuman: { ...reachHuman, queueId } })} />
        <SaysField label={t("flows.reach.says")} says={reachHuman.says} onChange={(says) => says !== undefined && set("reach says", { reachHuman: { ...reachHuman, says } })} />
        <TextsField plain rows={1} label={t("flows.reach.label")} texts={reachHuman.label} onChange={(label) => set("reach label", { reachHuman: { ...reachHuman, label } })} />
        <Checkbox isSelected={reachHuman.keys.includes("*")} onChange={(on) => set("reach keys", { reachHuman: { ...reachHuman, keys: on ? ["0", "*"] : ["0"] } })}>
          {t("flows.reach.star")}
        </Checkbox>
        <WordsField label={t("flows.reach.words")} hint={t("flows.reach.words.hint")} words={reachHuman.words} onChange={(words) => set("reach words", { reachHuman: { ...reachHuman, words } })} />
      </Part>
      <Part title={t("flows.retry")} hint={t("flows.retry.hint")}>
        <SaysField label={t("flows.retry.wrong")} says={retry.wrong} onChange={(wrong) => wrong !== undefined && set("retry wrong", { retry: { ...retry, wrong } })} />
        <SaysField label={t("flows.retry.silence")} says={retry.silence} onChange={(said) => said !== undefined && set("retry silence", { retry: { ...retry, silence: said } })} />
        <NumberField label={t("flows.retry.times")} minValue={0} maxValue={5} value={retry.times} onChange={(times) => Number.isInteger(times) && set("retry times", { retry: { ...retry, times } })} />
        <SecondsField label={t("flows.silence.voice")} ms={silence.voiceMs} min={500} max={60_000} onChange={(voiceMs) => voiceMs !== undefined && set("silence voice", { silence: { ...silence, voiceMs } })} />
        <SecondsField label={t("flows.silence.written")} ms={silence.writtenMs} min={5000} max={3_600_000} onChange={(writtenMs) => writtenMs !== undefined && set("silence written", { silence: { ...silence, writtenMs } })} />
      </Part>
      <Part title={t("flows.limits")} hint={t("flows.limits.hint")}>
        <div className="grid grid-cols-2 gap-3">
          <NumberField label={t("flows.limits.steps")} minValue={1} maxValue={50} value={limits.steps} onChange={(steps) => Number.isInteger(steps) && set("limit steps", { limits: { ...limits, steps } })} />
          <NumberField label={t("flows.limits.seconds")} unit={t("admin.seconds")} minValue={5} maxValue={600} value={limits.seconds} onChange={(seconds) => Number.isInteger(seconds) && set("limit seconds", { limits: { ...limits, seconds } })} />
        </div>
        <PriorityField value={document.priority} none="0" onChange={(priority) => set("priority", { priority: priority ?? 0 })} />
      </Part>
      <Part title={t("flows.languageNeeds")} hint={t("flows.languageNeeds.hint")}>
        {languages.map((language) => (
          <NeedsField key={language} label={t(`flows.language.${language}`)} needs={languageNeeds[language] ?? []} onChange={(needs) => set(`needs ${language}`, { languageNeeds: without({ ...languageNeeds, [language]: needs.length === 0 ? undefined : needs }) })} />
        ))}
      </Part>
      <Variables />
      {designer.mayEdit && <Remove name={document.name} />}
    </>
  );
}

function Remove({ name }: { name: string }): ReactNode {
  const t = useT();
  const navigate = useNavigate();
  const { flowId } = useDesigner();
  const remove = async (): Promise<void> => {
    try {
      await flowApi.remove(flowId);
      await flowsChanged();
      toast("info", t("flows.deleted", { name }));
      void navigate({ to: "/flows" });
    } catch (error) {
      toast("alert", inWords(error));
    }
  };
  return (
    <Part title={t("flows.delete")} hint={t("flows.delete.hint")}>
      <div>
        <ConfirmPopover
          trigger={
            <Button tone="danger-soft" icon={Trash2}>
              {t("flows.delete.do")}
            </Button>
          }
          placement="top start"
          question={t("flows.delete.ask", { name })}
          effect={t("flows.delete.effect")}
          confirmLabel={t("flows.delete.do")}
          onConfirm={() => void remove()}
        />
      </div>
    </Part>
  );
}

function Part({ title, hint, children }: { title: string; hint: string; children: ReactNode }): ReactNode {
  return (
    <section className="-mx-4 flex flex-col gap-4 border-t border-line px-4 pt-4">
      <div>
        <h4 className="text-body font-semibold">{title}</h4>
        <p className="mt-0.5 text-meta text-ink-2">{hint}</p>
      </div>
      {children}
    </section>
  );
}

const types: readonly VariableType[] = ["text", "number", "boolean", "date"];

function Variables(): ReactNode {
  const t = useT();
  const variables = useEditor((s) => s.document.variables);
  const steps = useEditor((s) => s.document.steps);
  const set = useSetFlow();
  const [name, setName] = useState("");
  const fits = /^[a-z][A-Za-z0-9_]{0,39}$/.test(name) && !Object.hasOwn(variables, name);
  const text = JSON.stringify(steps);
  return (
    <Part title={t("flows.variables")} hint={t("flows.variables.hint")}>
      {Object.entries(variables).map(([key, variable]) => {
        const uses = text.split(new RegExp(`\\b${key}\\b`)).length - 1;
        const put = (field: string, change: object): void => set(`variable ${key} ${field}`, { variables: { ...variables, [key]: without({ ...variable, ...change }) } });
        return (
          <div key={key} className="flex flex-col gap-2 rounded-card border border-line p-2.5">
            <div className="flex items-center gap-2">
              <span className="min-w-0 grow truncate font-mono text-control">{key}</span>
              <span className="text-meta text-ink-3">{t("flows.variables.uses", { n: uses })}</span>
              <IconButton size="s" icon={X} label={t("flows.take", { name: key })} onPress={() => set("variables", { variables: Object.fromEntries(Object.entries(variables).filter(([one]) => one !== key)) })} />
            </div>
            <div className="grid grid-cols-2 gap-2">
              <Select hideLabel label={t("flows.variables.type")} value={variable.type} options={types.map((type) => ({ id: type, label: t(`flows.type.${type}`) }))} onChange={(type) => put("type", { type, initial: undefined })} />
              <TextField hideLabel label={t("flows.variables.label")} placeholder={t("flows.variables.label")} value={variable.label ?? ""} onChange={(label) => put("label", { label: label === "" ? undefined : label.slice(0, 60) })} />
            </div>
            <ReadField key={variable.type} label={t("flows.variables.initial")} value={variable.initial} read={(typed) => (typed === "" ? undefined : valueOf(typed, variable.type))} onChange={(initial) => put("initial", { initial })} />
          </div>
        );
      })}
      <div className="flex items-end gap-2">
        <div className="min-w-0 grow">
          <TextField mono label={t("flows.variable.new")} value={name} error={name !== "" && !fits ? t("flows.variable.rule") : null} onChange={setName} />
        </div>
        <Button size="l" tone="soft" icon={Plus} isDisabled={!fits} onPress={() => { set("variables", { variables: { ...variables, [name]: { type: "text" } } }); setName(""); }}>
          {t("flows.row.add")}
        </Button>
      </div>
    </Part>
  );
}
