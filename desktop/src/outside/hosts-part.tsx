/** Hosts inside the company's network that flows may call. Public ones need no leave. */
import { OutsideHost } from "@tandem/protocol/flow-outside";
import type { FlowOutside } from "@tandem/protocol/flow-outside";
import { Plus, Server, X } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import type { Look } from "../admin/kind-page.ts";
import { useUnsaved } from "../admin/unsaved.tsx";
import { inWords } from "../data/data.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { TextField } from "../kit/field.tsx";
import { toast } from "../kit/toast.tsx";
import { Part } from "../telephony/document-page.tsx";
import type { SaveOutside } from "./assistants-part.tsx";

export function HostsPart({ outside, mayEdit, save, look }: { outside: FlowOutside; mayEdit: boolean; save: SaveOutside; look: Look }): ReactNode {
  const { t } = look;
  const [typed, setTyped] = useState("");
  const [tried, setTried] = useState(false);
  useUnsaved(typed.trim() !== "");
  const read = OutsideHost.safeParse(typed);
  const wrong = !read.success ? t("admin.outside.host.wrong") : outside.hosts.includes(read.data) ? t("admin.outside.host.there") : null;
  const put = (change: (hosts: string[]) => string[], after?: () => void): void => save.mutate((now) => ({ ...now, hosts: change(now.hosts) }), { onSuccess: () => { toast("good", t("admin.service.saved")); after?.(); }, onError: (why) => toast("alert", inWords(why)) });
  const add = (): void => {
    setTried(true);
    if (wrong !== null || !read.success) return;
    put((hosts) => [...hosts.filter((one) => one !== read.data), read.data], () => {
      setTyped("");
      setTried(false);
    });
  };
  return (
    <Part title={t("admin.outside.hosts")} hint={t("admin.outside.hosts.hint")}>
      {outside.hosts.length > 0 && (
        <ul className="flex flex-col rounded-card border border-line">
          {outside.hosts.map((host) => (
            <li key={host} className="flex items-center gap-3 border-b border-line px-3 py-1.5 last:border-b-0">
              <Server size={15} aria-hidden className="text-ink-3" />
              <span className="min-w-0 grow truncate font-mono text-control">{host}</span>
              {mayEdit && <IconButton icon={X} label={t("admin.remove", { name: host })} onPress={() => put((hosts) => hosts.filter((one) => one !== host))} />}
            </li>
          ))}
        </ul>
      )}
      {mayEdit && (
        <form
          className="flex items-start gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <div className="w-80">
            <TextField mono label={t("admin.outside.host.new")} hint={t("admin.outside.host.hint")} value={typed} error={tried ? wrong : null} onChange={setTyped} />
          </div>
          <Button type="submit" size="l" icon={Plus} className="mt-6" isDisabled={save.isPending}>
            {t("admin.outside.add")}
          </Button>
        </form>
      )}
    </Part>
  );
}
