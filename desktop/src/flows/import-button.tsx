/** A flow from a file exported elsewhere (YAML or JSON). The server reads it: what is wrong is told by line, and what is there already is asked about. */
import { BadFlow, FlowExists } from "@tandem/protocol/flow-studio";
import type { FileProblem } from "@tandem/protocol/flow-studio";
import { useNavigate } from "@tanstack/react-router";
import { Upload } from "lucide-react";
import { useRef, useState } from "react";
import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { ApiFailure, flowApi, flowsChanged, inWords } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { toast } from "../kit/toast.tsx";

/** As the server's: a larger file is not even read into the page. */
const MAX_IMPORT_BYTES = 1_000_000;

type Asked = { what: "exists"; text: string; name: string } | { what: "bad"; why: string; problems: readonly FileProblem[] };

export function ImportButton(): ReactNode {
  const t = useT();
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const send = async (text: string, as?: "replace" | "copy"): Promise<void> => {
    try {
      const { id } = await flowApi.import(text, as);
      await flowsChanged();
      void navigate({ to: "/flows/$flowId", params: { flowId: id } });
    } catch (error) {
      const exists = FlowExists.safeParse(error instanceof ApiFailure ? error.answer : null);
      const bad = BadFlow.safeParse(error instanceof ApiFailure ? error.answer : null);
      if (exists.success) setAsked({ what: "exists", text, name: exists.data.name });
      else if (bad.success) setAsked({ what: "bad", why: bad.data.why, problems: bad.data.problems });
      else toast("alert", inWords(error));
    }
  };
  const choose = (text: string, as: "replace" | "copy"): void => {
    setAsked(null);
    void send(text, as);
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".yaml,.yml,.json,application/json"
        aria-label={t("flows.import")}
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = "";
          if (file === undefined) return;
          if (file.size > MAX_IMPORT_BYTES) toast("alert", t("flows.import.large"));
          else void file.text().then((text) => send(text));
        }}
      />
      <Button size="l" icon={Upload} onPress={() => input.current?.click()}>
        {t("flows.import")}
      </Button>
      {asked !== null && (
        <ModalOverlay isOpen onOpenChange={(open) => !open && setAsked(null)} className="fixed inset-0 z-40 flex items-start justify-center overflow-auto bg-scrim px-4 pt-[12vh]">
          <Modal className="animate-appear w-full max-w-[34rem] rounded-sheet border border-line bg-raised shadow-3">
            <Dialog className="flex flex-col gap-4 p-5 outline-none">
              <Heading slot="title" className="text-head font-semibold">
                {asked.what === "exists" ? t("flows.import.exists", { name: asked.name }) : t("flows.import.bad")}
              </Heading>
              {asked.what === "exists" ? (
                <p className="text-body text-ink-2">{t("flows.import.exists.help")}</p>
              ) : (
                <>
                  <p className="text-body text-ink-2">{asked.why}</p>
                  <ul className="max-h-72 overflow-auto rounded-card border border-line text-meta">
                    {asked.problems.map((problem) => (
                      <li key={`${problem.path} ${problem.line} ${problem.why}`} className="border-b border-line px-3 py-2 last:border-b-0">
                        <span className="font-mono text-ink-3">{problem.line === null ? problem.path : t("flows.import.line", { line: problem.line, path: problem.path })}</span>
                        <span className="block">{problem.why}</span>
                      </li>
                    ))}
                  </ul>
                </>
              )}
              <div className="flex justify-end gap-2">
                {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog just opened by the user takes the focus, on its safe choice */}
                <Button autoFocus size="l" onPress={() => setAsked(null)}>
                  {t(asked.what === "exists" ? "everywhere.cancel" : "everywhere.close")}
                </Button>
                {asked.what === "exists" && (
                  <>
                    <Button size="l" onPress={() => choose(asked.text, "replace")}>{t("flows.import.replace")}</Button>
                    <Button size="l" tone="primary" onPress={() => choose(asked.text, "copy")}>{t("flows.import.copy")}</Button>
                  </>
                )}
              </div>
            </Dialog>
          </Modal>
        </ModalOverlay>
      )}
    </>
  );
}
