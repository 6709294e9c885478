/** Administration: who works here and how contacts reach them. A list and a side sheet a section, all from one description each. */
import { Link, useLocation } from "@tanstack/react-router";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { AdminKind } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { cx } from "../kit/classes.ts";
import { Sheet } from "../shell/sheet.tsx";
import { dispositionsPage } from "./dispositions.tsx";
import { KindList } from "./kind-list.tsx";
import { numbersPage } from "./numbers.tsx";
import { phonesPage } from "./phones.tsx";
import { queuesPage } from "./queues.tsx";
import { skillsPage } from "./skills.tsx";
import { usersPage } from "./users.tsx";

const sections: readonly { kind: AdminKind; icon: LucideIcon; view: () => ReactNode }[] = [
  { kind: "users", icon: usersPage.icon, view: () => <KindList key="users" page={usersPage} /> },
  { kind: "queues", icon: queuesPage.icon, view: () => <KindList key="queues" page={queuesPage} /> },
  { kind: "skills", icon: skillsPage.icon, view: () => <KindList key="skills" page={skillsPage} /> },
  { kind: "numbers", icon: numbersPage.icon, view: () => <KindList key="numbers" page={numbersPage} /> },
  { kind: "phones", icon: phonesPage.icon, view: () => <KindList key="phones" page={phonesPage} /> },
  { kind: "dispositions", icon: dispositionsPage.icon, view: () => <KindList key="dispositions" page={dispositionsPage} /> },
];

export function AdminPage(): ReactNode {
  const t = useT();
  // The section is in the address, so that a reload and a link find it again.
  const { hash } = useLocation();
  const section = sections.find(({ kind }) => kind === hash) ?? sections[0];
  return (
    <Sheet label={t("admin.label")}>
      <div className="flex min-h-0 grow max-stack:flex-col">
        <nav aria-label={t("admin.kinds")} data-region className="flex w-48 shrink-0 flex-col gap-0.5 border-r border-line p-2 max-stack:w-full max-stack:flex-row max-stack:overflow-auto max-stack:border-r-0 max-stack:border-b">
          {sections.map(({ kind, icon: Icon }) => {
            const here = kind === section?.kind;
            return (
              <Link
                key={kind}
                to="/admin"
                hash={kind}
                aria-current={here ? "page" : undefined}
                className={cx("flex h-8 shrink-0 items-center gap-2.5 rounded-control px-2.5 text-control transition-colors duration-100", here ? "bg-fill font-medium text-ink" : "text-ink-2 hover:bg-sunken hover:text-ink")}
              >
                <Icon size={15} aria-hidden />
                {t(`admin.${kind}`)}
              </Link>
            );
          })}
        </nav>
        {section?.view()}
      </div>
    </Sheet>
  );
}
