/** A question to the assistant as its form has it now. */
import { FlowAssistant } from "@tandem/protocol/flow-outside";
import { CircleAlert, CircleCheck, MessageSquareText } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { Look } from "../admin/kind-page.ts";
import { inWords, useTryAssistant } from "../data/data.ts";
import { Button } from "../kit/button.tsx";
import { TextField } from "../kit/field.tsx";
import { Notice } from "../kit/notice.tsx";
import { Segmented } from "../kit/segmented.tsx";

export function TryAssistantPart({ assistant, look }: { assistant: FlowAssistant; look: Look }): ReactNode {
  const { t } = look;
  const [text, setText] = useState("");
  const [language, setLanguage] = useState(look.language);
  const ask = useTryAssistant();
  // Not yet named is no reason not to be asked.
  const read = FlowAssistant.safeParse({ ...assistant, id: assistant.id === "" ? "new" : assistant.id, name: assistant.name === "" ? "?" : assistant.name });
  const send = (): void => {
    if (read.success && text.trim() !== "") ask.mutate({ assistant: read.data, text: text.trim().slice(0, 400), language });
  };
  const answer = ask.data ?? null;
  const said = useRef<HTMLDivElement | null>(null);
  useEffect(() => {
    if (answer !== null) said.current?.scrollIntoView({ block: "nearest" });
  }, [answer]);
  return (
    <section aria-label={t("admin.outside.try")} className="mt-4 flex flex-col gap-3 border-t border-line pt-4">
      <div className="flex items-center gap-2">
        <h3 className="grow text-control font-semibold">{t("admin.outside.try")}</h3>
        <Segmented label={t("admin.outside.try.language")} value={language} options={[{ id: "fr", label: t("everywhere.language.fr") }, { id: "en", label: t("everywhere.language.en") }]} onChange={setLanguage} />
      </div>
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <div className="min-w-0 grow">
          <TextField label={t("admin.outside.try.question")} value={text} onChange={setText} />
        </div>
        <Button type="submit" size="l" icon={MessageSquareText} isDisabled={!read.success || text.trim() === "" || ask.isPending}>
          {t("admin.outside.try.ask")}
        </Button>
      </form>
      {!read.success && <p className="text-meta text-ink-2">{t("admin.outside.try.unfinished")}</p>}
      <div ref={said} aria-live="polite">
        {ask.isError && <Notice tone="alert" icon={CircleAlert}>{inWords(ask.error)}</Notice>}
        {answer?.ok === false && <Notice tone="alert" icon={CircleAlert}>{answer.why === "timeout" ? t("admin.outside.try.timeout") : t("admin.outside.try.failed", { why: answer.why })}</Notice>}
        {answer?.ok === true && (
          <Notice tone="info" icon={CircleCheck}>
            <span className="block">{answer.says === "" ? t("admin.outside.try.silent") : answer.says}</span>
            <span className="block text-meta">{t(`admin.outside.goes.${answer.goes}`)}</span>
          </Notice>
        )}
      </div>
    </section>
  );
}
