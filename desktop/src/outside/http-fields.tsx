/** A service of the company's that answers over HTTP: where it is, and the headers that it is called with. */
import type { FlowAssistant } from "@tandem/protocol/flow-outside";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { Group } from "../admin/fields.tsx";
import type { Look } from "../admin/kind-page.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { TextField } from "../kit/field.tsx";

type Http = Extract<FlowAssistant["with"], { kind: "http" }>;
/** RFC 9110, 5.1. */
const HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,60}$/;

export function HttpFields({ value, error, onChange, look }: { value: Http; error: string | null; onChange: (value: Http) => void; look: Look }): ReactNode {
  const { t } = look;
  const [name, setName] = useState("");
  const fits = HEADER.test(name) && !Object.hasOwn(value.headers, name);
  return (
    <>
      <TextField mono label={t("admin.outside.url")} hint={t("admin.outside.url.hint")} value={value.url} error={error} onChange={(url) => onChange({ ...value, url: url.slice(0, 500) })} />
      <Group label={t("admin.outside.headers")} hint={t("admin.outside.headers.hint")}>
        {Object.entries(value.headers).map(([header, text]) => (
          <div key={header} className="flex items-end gap-2">
            <div className="min-w-0 grow">
              <TextField mono label={header} value={text} onChange={(next) => onChange({ ...value, headers: { ...value.headers, [header]: next.slice(0, 400) } })} />
            </div>
            <IconButton icon={X} label={t("admin.remove", { name: header })} onPress={() => onChange({ ...value, headers: Object.fromEntries(Object.entries(value.headers).filter(([one]) => one !== header)) })} className="mb-0.5" />
          </div>
        ))}
        <div className="flex items-end gap-2">
          <div className="min-w-0 grow">
            <TextField mono label={t("admin.outside.header.new")} placeholder="authorization" value={name} onChange={setName} />
          </div>
          <Button
            size="l"
            icon={Plus}
            isDisabled={!fits}
            onPress={() => {
              onChange({ ...value, headers: { ...value.headers, [name]: name.toLowerCase() === "authorization" ? "Bearer {secret.}" : "" } });
              setName("");
            }}
          >
            {t("admin.outside.add")}
          </Button>
        </div>
      </Group>
    </>
  );
}
