/** The flows of the centre, and one of them opened in its designer. */
import { useParams } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { ServerOff } from "lucide-react";
import type { ReactNode } from "react";
import { flowApi, inWords, useReady } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Empty } from "../kit/notice.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { Sheet } from "../shell/sheet.tsx";
import { Designer } from "./designer.tsx";
import { FlowList } from "./flow-list.tsx";

export function FlowsPage(): ReactNode {
  const t = useT();
  const ready = useReady();
  return <Sheet label={t("flows.title")}>{ready ? <FlowList /> : <Skeleton rows={8} className="p-6" />}</Sheet>;
}

export function FlowPage(): ReactNode {
  const t = useT();
  const ready = useReady();
  const { flowId } = useParams({ from: "/flows/$flowId" });
  return <Sheet label={t("flows.title")}>{ready ? <Opened key={flowId} flowId={flowId} /> : <Skeleton rows={8} className="p-6" />}</Sheet>;
}

/** Read once: from then on the editor holds it, and the stream tells what others change. */
function Opened({ flowId }: { flowId: string }): ReactNode {
  const t = useT();
  const studio = useQuery({ queryKey: ["flow-studio", flowId], queryFn: () => flowApi.studio(flowId), staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false, refetchOnReconnect: false, retry: false });
  if (studio.isError)
    return (
      <Empty icon={ServerOff} title={t("flows.open.failed")} actions={<Button onPress={() => void studio.refetch()}>{t("everywhere.retry")}</Button>}>
        {inWords(studio.error)}
      </Empty>
    );
  return studio.data === undefined ? <Skeleton rows={8} className="p-6" /> : <Designer studio={studio.data} />;
}
