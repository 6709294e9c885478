import type { ReactNode } from "react";
import { useT } from "../i18n/i18n.ts";
import { Sheet } from "../shell/sheet.tsx";

export function AdminPage(): ReactNode {
  const t = useT();
  return <Sheet label={t("shell.rail.admin")}>{null}</Sheet>;
}
