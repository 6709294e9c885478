/** Published flows that the centre as it is now no longer proves: told where hours, queues and people are changed, at once after the change. */
import { Link } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useFlowProofs } from "../data/data.ts";
import { useLanguage, useT } from "../i18n/i18n.ts";
import { Notice } from "../kit/notice.tsx";

const SHOWN = 4;

/** Nothing while all hold, and while it is not known: the page itself says when the server cannot be reached. */
export function BrokenFlows(): ReactNode {
  const t = useT();
  const language = useLanguage();
  const broken = useFlowProofs().data?.broken ?? [];
  if (broken.length === 0) return null;
  return (
    <Notice tone="alert" icon={CircleAlert} role="alert" className="mx-4 mt-3 shrink-0">
      <p className="font-semibold">{t("admin.broken", { n: broken.length })}</p>
      <p className="text-control text-ink-2">{t("admin.broken.help")}</p>
      <ul className="mt-1.5 flex flex-col gap-1">
        {broken.slice(0, SHOWN).map(({ id, name, findings, first }) => (
          <li key={id} className="text-control">
            <Link to="/flows/$flowId" params={{ flowId: id }} className="font-medium text-acc-2 underline-offset-2 hover:underline">
              {name}
            </Link>
            {t("admin.broken.why", { why: first.words[language] })}
            {findings > 1 && <span className="text-ink-2"> {t("admin.broken.more", { n: findings - 1 })}</span>}
          </li>
        ))}
      </ul>
      {broken.length > SHOWN && <p className="mt-1 text-meta text-ink-2">{t("admin.broken.others", { n: broken.length - SHOWN })}</p>}
    </Notice>
  );
}
