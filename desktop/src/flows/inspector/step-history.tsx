/** What changed in a step since the published version. */
import { History } from "lucide-react";
import type { ReactNode } from "react";
import { useT } from "../../i18n/i18n.ts";
import { inWords, useFlowDiff } from "../../data/data.ts";
import { Empty } from "../../kit/notice.tsx";
import { Skeleton } from "../../kit/skeleton.tsx";
import { ChangeList } from "../change-list.tsx";
import { useDesigner, useEditor } from "../designer-context.ts";

export function StepHistory({ id }: { id: string }): ReactNode {
  const t = useT();
  const { flowId } = useDesigner();
  const published = useEditor((s) => s.studio.published?.version ?? null);
  const revision = useEditor((s) => s.revision);
  const diff = useFlowDiff(flowId, published, "draft", revision);
  if (published === null)
    return (
      <Empty icon={History} title={t("flows.history.never")}>
        {t("flows.history.never.help")}
      </Empty>
    );
  if (diff.isError) return <p className="p-4 text-meta text-alert-ink">{inWords(diff.error)}</p>;
  if (diff.data === undefined) return <Skeleton rows={3} className="p-4" />;
  const changes = diff.data.filter((change) => change.stepId === id && !change.path.endsWith("/at") && !change.path.includes("/at/"));
  if (changes.length === 0) return <Empty icon={History} title={t("flows.history.same", { version: published })} />;
  return (
    <div className="p-4">
      <p className="mb-2 text-meta text-ink-2">{t("flows.history.since", { version: published })}</p>
      <ChangeList changes={changes} />
    </div>
  );
}
