import type { ErrorComponentProps } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import { useEffect } from "react";
import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import type { Key } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Empty } from "../kit/notice.tsx";

/** In the place of a page that could not be drawn, by a mistake of ours: a call, and all around the page, go on. */
export const BrokenPage = (props: ErrorComponentProps): ReactNode => <Broken {...props} safe="shell.broken.safe" />;

/** In the place of everything, the telephone in this page with it. */
export const BrokenShell = (props: ErrorComponentProps): ReactNode => <Broken {...props} safe="shell.broken.whole" />;

function Broken({ error, reset, safe }: ErrorComponentProps & { safe: Key }): ReactNode {
  const t = useT();
  useEffect(() => console.error(error), [error]);
  return (
    <main id="main" className="min-w-0 grow overflow-auto pt-[12vh]">
      <div role="alert">
        <Empty
          icon={CircleAlert}
          title={t("shell.broken.title")}
          actions={
            <>
              <Button tone="primary" onPress={reset}>
                {t("everywhere.retry")}
              </Button>
              <Button onPress={() => location.reload()}>{t("shell.broken.reload")}</Button>
            </>
          }
        >
          {t(safe)}
        </Empty>
      </div>
    </main>
  );
}
