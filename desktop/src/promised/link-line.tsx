/** What became of the link by which a customer moves or cancels their promised call. */
import type { CallbackLink } from "@tandem/protocol/callback";
import { Link2, Link2Off } from "lucide-react";
import type { ReactNode } from "react";
import { useFormat, useT } from "../i18n/i18n.ts";
import { cx } from "../kit/classes.ts";

/** Nobody knows whether those arrived: no failure to mend. */
const MAYBE: ReadonlySet<string> = new Set(["no-answer", "interrupted"]);

export function LinkLine({ link, now }: { link: CallbackLink; now: number }): ReactNode {
  const t = useT();
  const format = useFormat();
  const isLost = link.state === "failed" && !MAYBE.has(link.why);
  const Icon = isLost || link.state === "none" ? Link2Off : Link2;
  const words = (): string => {
    switch (link.state) {
      case "waits":
        return t("promised.link.waits");
      case "sent":
        return t(link.otherTime ? "promised.link.old" : "promised.link.sent", { via: link.via, time: format.when(link.atMs, now) });
      case "failed":
        return t(`promised.link.failed.${link.why}`, { via: link.via });
      case "none":
        return t(link.why === null ? "promised.link.none" : `promised.link.none.${link.why}`);
    }
  };
  return (
    <p className={cx("flex min-w-0 items-start gap-1.5 text-meta", isLost ? "text-alert-ink" : "text-ink-2")}>
      <Icon size={13} aria-hidden className={cx("mt-0.5 shrink-0", !isLost && "text-ink-3")} />
      <span>{words()}</span>
    </p>
  );
}
