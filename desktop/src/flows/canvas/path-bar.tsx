/** Says which way is drawn on the canvas, and takes it away. */
import { Route, X } from "lucide-react";
import type { ReactNode } from "react";
import { useT } from "../../i18n/i18n.ts";
import { IconButton } from "../../kit/button.tsx";
import { cx } from "../../kit/classes.ts";
import { setView, useDesigner, useView } from "../designer-context.ts";

export function PathBar(): ReactNode {
  const t = useT();
  const designer = useDesigner();
  const path = useView((v) => v.path);
  const trying = useView((v) => v.trying !== null);
  if (path === null || trying) return null;
  return (
    <div className={cx("animate-appear absolute top-3 left-1/2 flex -translate-x-1/2 items-center gap-2 rounded-sheet border py-1 pr-1 pl-3 text-control shadow-2", path.tone === "alert" ? "border-alert/30 bg-alert-soft text-alert-ink" : "border-acc-line bg-acc-soft text-acc-2")}>
      <Route size={14} aria-hidden />
      <span>{t(path.tone === "alert" ? "flows.path.failing" : "flows.path.run", { n: path.hops.length })}</span>
      <IconButton size="s" icon={X} label={t("flows.path.hide")} onPress={() => setView(designer, { path: null })} />
    </div>
  );
}
