/** Secrets that flows send: a name, and a value that is written here and shown to nobody again. What is named somewhere and not set is seen here first. */
import { SecretName } from "@tandem/protocol/flow-outside";
import type { FlowSecretRow } from "@tandem/protocol/flow-outside";
import { KeyRound, Plus, Trash2, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import type { Look } from "../admin/kind-page.ts";
import { useUnsaved } from "../admin/unsaved.tsx";
import { inWords, useFlowSecrets, useNow, useSaveSecret } from "../data/data.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { ConfirmPopover } from "../kit/confirm-popover.tsx";
import { TextField } from "../kit/field.tsx";
import { ReadFailed } from "../kit/read-failed.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { toast } from "../kit/toast.tsx";
import { Part } from "../telephony/document-page.tsx";

export function SecretsPart({ look }: { look: Look }): ReactNode {
  const { t } = look;
  const secrets = useFlowSecrets();
  /** Whose value is being typed; "" = a new one's. */
  const [giving, setGiving] = useState<string | null>(null);
  return (
    <Part title={t("admin.outside.secrets")} hint={t("admin.outside.secrets.hint")}>
      {secrets.isError && <ReadFailed query={secrets} />}
      {secrets.isPending && <Skeleton rows={2} />}
      {secrets.data !== undefined && secrets.data.length > 0 && (
        <ul className="flex flex-col rounded-card border border-line">
          {secrets.data.map((secret) => (
            <li key={secret.name} className="flex flex-col border-b border-line last:border-b-0">
              <Line secret={secret} look={look} onGive={() => setGiving(giving === secret.name ? null : secret.name)} />
              {giving === secret.name && <Give name={secret.name} taken={[]} look={look} onDone={() => setGiving(null)} />}
            </li>
          ))}
        </ul>
      )}
      {giving === "" ? (
        <div className="rounded-card border border-line pt-3">
          <Give name={null} taken={secrets.data ?? []} look={look} onDone={() => setGiving(null)} />
        </div>
      ) : (
        <div>
          <Button icon={Plus} onPress={() => setGiving("")}>
            {t("admin.outside.secret.new")}
          </Button>
        </div>
      )}
    </Part>
  );
}

function Line({ secret: { name, changedAtMs, usedBy }, look, onGive }: { secret: FlowSecretRow; look: Look; onGive: () => void }): ReactNode {
  const { t, format } = look;
  const now = useNow(60_000);
  const save = useSaveSecret();
  const isName = SecretName.safeParse(name).success;
  const used = usedBy.length === 0 ? t("admin.outside.secret.unused") : t("admin.outside.secret.used", { names: usedBy.join(", ") });
  return (
    <div className="flex items-center gap-3 px-3 py-2">
      {changedAtMs === null ? <TriangleAlert size={16} aria-hidden className="shrink-0 text-amber" /> : <KeyRound size={16} aria-hidden className="shrink-0 text-ink-3" />}
      <span className="min-w-0 grow">
        <span className="block truncate font-mono text-control font-medium">{`{secret.${name}}`}</span>
        <span className="block truncate text-meta text-ink-3">{used}</span>
      </span>
      <span className={changedAtMs === null ? "text-meta text-amber-ink" : "text-meta text-ink-2"}>{changedAtMs !== null ? t("admin.outside.secret.set", { when: format.when(changedAtMs, now) }) : t(isName ? "admin.outside.secret.missing" : "admin.outside.secret.noName")}</span>
      {isName && (
        <Button aria-label={t(changedAtMs === null ? "admin.outside.secret.give.of" : "admin.outside.secret.replace.of", { name })} onPress={onGive}>
          {t(changedAtMs === null ? "admin.outside.secret.give" : "admin.outside.secret.replace")}
        </Button>
      )}
      {changedAtMs !== null && (
        <ConfirmPopover
          trigger={<IconButton icon={Trash2} label={t("admin.outside.secret.remove", { name })} />}
          placement="bottom end"
          question={t("admin.outside.secret.remove.ask", { name })}
          effect={usedBy.length === 0 ? t("admin.outside.secret.remove.free") : t("admin.outside.secret.remove.used", { names: usedBy.join(", ") })}
          confirmLabel={t("everywhere.delete")}
          onConfirm={() => save.mutate({ name, value: null }, { onSuccess: () => toast("info", t("admin.outside.secret.removed", { name })), onError: (why) => toast("alert", inWords(why)) })}
        />
      )}
    </div>
  );
}

/** `name` null: a new one. Nothing that is typed here is kept but on the server. */
function Give({ name, taken, look, onDone }: { name: string | null; taken: readonly FlowSecretRow[]; look: Look; onDone: () => void }): ReactNode {
  const { t } = look;
  const save = useSaveSecret();
  const [typedName, setTypedName] = useState("");
  const [value, setValue] = useState("");
  const [tried, setTried] = useState(false);
  useUnsaved(typedName !== "" || value !== "");
  const called = name ?? typedName.trim();
  const wrongName = !SecretName.safeParse(called).success ? t("admin.outside.secret.rule") : name === null && taken.some((one) => one.name === called && one.changedAtMs !== null) ? t("admin.outside.secret.there") : null;
  const wrongValue = value === "" ? t("admin.outside.secret.empty") : null;
  const send = (): void => {
    setTried(true);
    if (wrongName !== null || wrongValue !== null) return;
    save.mutate({ name: called, value }, { onSuccess: () => { toast("good", t("admin.outside.secret.saved", { name: called })); onDone(); }, onError: (why) => toast("alert", inWords(why)) });
  };
  return (
    <form
      className="flex flex-wrap items-start gap-2 px-3 pb-3"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {name === null && (
        <div className="w-56">
          {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the button just pressed asks for it */}
          <TextField autoFocus mono label={t("admin.outside.secret.name")} hint={t("admin.outside.secret.rule")} value={typedName} error={tried ? wrongName : null} onChange={setTypedName} />
        </div>
      )}
      <div className="min-w-56 grow">
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the button just pressed asks for it */}
        <TextField autoFocus={name !== null} mono type="password" autoComplete="new-password" maxLength={2000} label={t("admin.outside.secret.value")} hint={t("admin.outside.secret.value.hint")} value={value} error={tried ? wrongValue : null} onChange={setValue} />
      </div>
      <div className="mt-6 flex gap-2">
        <Button size="l" onPress={onDone}>
          {t("everywhere.cancel")}
        </Button>
        <Button type="submit" size="l" tone="primary" isDisabled={save.isPending}>
          {t("everywhere.save")}
        </Button>
      </div>
    </form>
  );
}
