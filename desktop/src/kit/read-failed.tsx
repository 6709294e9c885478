import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { inWords } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Button } from "./button.tsx";
import { Notice } from "./notice.tsx";

/** What could not be read and why, with a button that reads it again. */
export function ReadFailed({ query, title, className }: { query: { error: Error | null; refetch: () => Promise<unknown> }; title?: string; className?: string }): ReactNode {
  const t = useT();
  if (query.error === null) return null;
  return (
    <Notice tone="alert" icon={CircleAlert} {...(className === undefined ? {} : { className })} actions={<Button onPress={() => void query.refetch()}>{t("everywhere.retry")}</Button>}>
      {title !== undefined && <p className="font-semibold">{title}</p>}
      <p>{inWords(query.error)}</p>
    </Notice>
  );
}
