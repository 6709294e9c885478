/** Administration: who works here and how contacts reach them. A list and a side sheet a section, all from one description each. */
import { Link, useLocation } from "@tanstack/react-router";
import { Clock, Hourglass, PhoneCall, ShieldCheck, SlidersHorizontal, Split, Webhook } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { AdminKind } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import type { Key } from "../i18n/i18n.ts";
import { cx } from "../kit/classes.ts";
import { Sheet } from "../shell/sheet.tsx";
import { callerRulesPage } from "../telephony/caller-rules.tsx";
import { CallsPage } from "../telephony/calls.tsx";
import { extensionsPage } from "../telephony/extensions.tsx";
import { groupsPage } from "../telephony/groups.tsx";
import { pagesPage } from "../telephony/pages.tsx";
import { roomsPage } from "../telephony/rooms.tsx";
import { routesPage } from "../telephony/routes.tsx";
import { SecurityPage } from "../telephony/security.tsx";
import { TelephonySettingsPage } from "../telephony/settings.tsx";
import { sipRolesPage } from "../telephony/sip-roles.tsx";
import { speedDialsPage } from "../telephony/speed-dials.tsx";
import { trunksPage } from "../telephony/trunks.tsx";
import { dispositionsPage } from "./dispositions.tsx";
import { KindList } from "./kind-list.tsx";
import type { KindPage } from "./kind-page.ts";
import { numbersPage } from "./numbers.tsx";
import { phonesPage } from "./phones.tsx";
import { queuesPage } from "./queues.tsx";
import { OutsidePage } from "../outside/outside-page.tsx";
import { BrokenFlows } from "../service/broken-flows.tsx";
import { calendarsPage } from "../service/calendars.tsx";
import { DeflectionPage } from "../service/deflection-page.tsx";
import { HoursPage } from "../service/hours-page.tsx";
import { promptsPage } from "../service/prompts.tsx";
import { WaitingPage } from "../service/waiting-page.tsx";
import { skillsPage } from "./skills.tsx";
import { UnsavedArea } from "./unsaved.tsx";
import { usersPage } from "./users.tsx";

interface Section {
  /** In the address. */
  id: string;
  label: Key;
  icon: LucideIcon;
  view: () => ReactNode;
}
const of = <K extends AdminKind>(page: KindPage<K>): Section => ({ id: page.kind, label: `admin.${page.kind}`, icon: page.icon, view: () => <KindList key={page.kind} page={page} /> });

const groups: readonly { label: Key; sections: readonly Section[] }[] = [
  { label: "admin.telephony.group.centre", sections: [of(usersPage), of(queuesPage), of(skillsPage), of(numbersPage), of(dispositionsPage)] },
  { label: "admin.telephony.group.service", sections: [
      { id: "hours", label: "admin.hours", icon: Clock, view: () => <HoursPage /> },
      of(calendarsPage),
      { id: "deflection", label: "admin.deflection", icon: Split, view: () => <DeflectionPage /> },
      { id: "waiting", label: "admin.waiting", icon: Hourglass, view: () => <WaitingPage /> },
      of(promptsPage),
      { id: "outside", label: "admin.outside.nav", icon: Webhook, view: () => <OutsidePage /> }] },
  {
    label: "admin.telephony.group.telephony",
    sections: [
      of(extensionsPage), of(phonesPage), of(groupsPage), of(roomsPage), of(pagesPage), of(callerRulesPage), of(speedDialsPage),
      { id: "calls", label: "admin.calls", icon: PhoneCall, view: () => <CallsPage /> },
      { id: "telephony", label: "admin.telephony.settings", icon: SlidersHorizontal, view: () => <TelephonySettingsPage /> },
    ],
  },
  {
    label: "admin.telephony.group.network",
    sections: [of(trunksPage), of(routesPage), { id: "security", label: "admin.telephony.security", icon: ShieldCheck, view: () => <SecurityPage /> }, of(sipRolesPage)],
  },
];

/** What is changed there, published flows rest on. */
const asProved = new Set(["users", "queues", "skills", "hours", "calendars", "deflection", "waiting", "prompts"]);

export function AdminPage(): ReactNode {
  const t = useT();
  // The section is in the address, so that a reload and a link find it again.
  const { hash } = useLocation();
  const all = groups.flatMap(({ sections }) => sections);
  const section = all.find(({ id }) => id === hash) ?? all[0];
  return (
    <Sheet label={t("admin.label")}>
      <div className="flex min-h-0 grow max-stack:flex-col">
        <nav aria-label={t("admin.kinds")} data-region className="flex w-48 shrink-0 flex-col overflow-auto border-r border-line p-2 max-stack:w-full max-stack:flex-row max-stack:overflow-auto max-stack:border-r-0 max-stack:border-b">
          {groups.map(({ label, sections }) => (
            <div key={label} role="group" aria-label={t(label)} className="flex flex-col gap-0.5 not-first:mt-3 max-stack:flex-row max-stack:not-first:mt-0">
              <p aria-hidden className="px-2.5 pb-1 text-meta text-ink-3 max-stack:hidden">
                {t(label)}
              </p>
              {sections.map(({ id, label: name, icon: Icon }) => {
                const here = id === section?.id;
                return (
                  <Link
                    key={id}
                    to="/admin"
                    hash={id}
                    aria-current={here ? "page" : undefined}
                    className={cx("flex h-7 shrink-0 items-center gap-2.5 rounded-control px-2.5 text-control transition-colors duration-100", here ? "bg-fill font-medium text-ink" : "text-ink-2 hover:bg-sunken hover:text-ink")}
                  >
                    <Icon size={15} aria-hidden />
                    {t(name)}
                  </Link>
                );
              })}
            </div>
          ))}
        </nav>
        <UnsavedArea>
          {(question) => (
            <div className="flex min-h-0 min-w-0 grow flex-col">
              {asProved.has(section?.id ?? "") && <BrokenFlows />}
              {section?.view()}
              {question !== null && <footer className="flex shrink-0 items-center gap-2 border-t border-line px-4 py-3">{question}</footer>}
            </div>
          )}
        </UnsavedArea>
      </div>
    </Sheet>
  );
}
