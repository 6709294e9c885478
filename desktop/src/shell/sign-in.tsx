import { CircleAlert } from "lucide-react";
import { useRef, useState } from "react";
import type { FormEvent, ReactNode } from "react";
import { changeLanguage, inWords, signIn } from "../data/data.ts";
import { useLanguage, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { TextField } from "../kit/field.tsx";
import { Notice } from "../kit/notice.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Mark } from "./mark.tsx";

/** @param why of the end of a session that ended by itself. */
export function SignInPage({ why }: { why: string | null }): ReactNode {
  const t = useT();
  const language = useLanguage();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  const passwordInput = useRef<HTMLInputElement | null>(null);

  const submit = async (): Promise<void> => {
    setMissing(login.trim() === "" || password === "");
    if (login.trim() === "" || password === "") return;
    setBusy(true);
    setRefusal(null);
    try {
      await signIn({ login: login.trim().toLowerCase(), password });
    } catch (error) {
      setRefusal(inWords(error));
      setBusy(false);
      passwordInput.current?.focus();
      passwordInput.current?.select();
    }
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void submit();
  };

  return (
    <div className="flex h-full flex-col items-center overflow-auto px-4">
      <main id="main" className="mt-[14vh] w-full max-w-[23rem]">
        <div className="flex items-center gap-2.5 px-1">
          <Mark size={30} />
          <h1 className="grow text-title font-semibold">Tandem</h1>
          <Segmented
            label={t("shell.language.label")}
            options={[
              { id: "fr", label: "FR" },
              { id: "en", label: "EN" },
            ]}
            value={language}
            onChange={(next) => void changeLanguage(next)}
          />
        </div>
        <div className="mt-4 rounded-sheet border border-line bg-surface p-6">
          <h2 className="text-head font-semibold">{t("shell.signIn.title")}</h2>
          <p className="mt-1 text-body text-ink-2">{t("shell.signIn.explain")}</p>
          {why !== null && refusal === null && (
            <Notice tone="watch" icon={CircleAlert} className="mt-4">
              {why}
            </Notice>
          )}
          <form onSubmit={onSubmit} noValidate className="mt-5 flex flex-col gap-4">
            <TextField label={t("shell.signIn.login")} name="login" autoComplete="username" value={login} onChange={setLogin} error={missing && login.trim() === "" ? t("shell.signIn.loginMissing") : null} />
            <TextField label={t("shell.signIn.password")} name="password" type="password" autoComplete="current-password" value={password} onChange={setPassword} inputRef={passwordInput} error={missing && password === "" ? t("shell.signIn.passwordMissing") : null} />
            {refusal !== null && (
              <Notice tone="alert" icon={CircleAlert} role="alert">
                {refusal}
              </Notice>
            )}
            <Button type="submit" tone="primary" size="l" isPending={busy} className="h-9 w-full">
              {t(busy ? "shell.signIn.busy" : "shell.signIn.enter")}
            </Button>
          </form>
        </div>
        <p className="mt-3 px-1 text-meta text-ink-3">{t("shell.signIn.demo")}</p>
      </main>
    </div>
  );
}
