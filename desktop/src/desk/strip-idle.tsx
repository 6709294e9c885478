import { Headset, PhoneOff, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { back } from "../actions/back.ts";
import { run } from "../actions/run.ts";
import { setWish } from "../actions/set-wish.ts";
import { useSessionView } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { Kbd } from "../kit/kbd.tsx";
import { chordLabel } from "../kit/platform.ts";
import { capacities } from "../shell/capacities.ts";
import { useHealth } from "../shell/health.ts";
import { useDeskContext } from "./desk-context.ts";

/** Nobody on the line: says whether a call could ring here and, when not, the one thing to do about it. */
export function StripIdle(): ReactNode {
  const t = useT();
  const format = useFormat();
  const context = useDeskContext();
  const { agent } = context;
  const { mainNumber } = useSessionView();
  const trouble = useHealth().find((line) => line.tone === "alert" || (line.id === "mic" && line.fix !== null));
  if (agent === null) return null;
  const reached = capacities(agent).map(({ medium }) => medium);
  if (back.enabled(context))
    return (
      <Line icon={<TriangleAlert size={17} />} tone="alert" title={t(`everywhere.state.${agent.system === "missed" ? "missed" : "unresponsive"}`)} detail={t(agent.system === "missed" ? "shell.status.missedWhy" : "shell.status.unresponsiveWhy")}>
        <Button tone="primary" size="l" chord="B" onPress={() => run(back, context)}>
          {t("shell.status.back")}
          <Kbd on="ink">{chordLabel("B")}</Kbd>
        </Button>
      </Line>
    );
  if (agent.wish !== "available") {
    const available = setWish[0];
    return (
      <Line icon={<PhoneOff size={17} />} tone="plain" title={t("desk.idle.away", { wish: t(`everywhere.wish.${agent.wish}`) })} detail={t("desk.idle.awayExplain")}>
        {available !== undefined && (
          <Button tone="primary" size="l" chord="1" onPress={() => run(available, context)}>
            {t("desk.idle.goAvailable")}
            <Kbd on="ink">{chordLabel("1")}</Kbd>
          </Button>
        )}
      </Line>
    );
  }
  if (trouble !== undefined)
    return (
      <Line icon={<trouble.icon size={17} />} tone={trouble.tone} title={trouble.words} detail={t(trouble.id === "network" ? "desk.idle.resumes" : "desk.idle.chatsStill")}>
        {trouble.fix !== null && (
          <Button tone="primary" size="l" onPress={trouble.fix.perform}>
            {trouble.fix.label}
          </Button>
        )}
      </Line>
    );
  return <Line icon={<Headset size={17} />} tone="good" title={t("desk.idle.ready")} detail={t("desk.idle.readyExplain", { media: reached.length === 1 ? (reached[0] ?? "") : "both", number: format.phone(mainNumber) })} />;
}

function Line({ icon, tone, title, detail, children }: { icon: ReactNode; tone: "good" | "plain" | "watch" | "alert"; title: string; detail: string; children?: ReactNode }): ReactNode {
  const tint = { good: "bg-jade-soft text-jade-ink", plain: "bg-fill text-ink-2", watch: "bg-amber-soft text-amber-ink", alert: "bg-alert-soft text-alert-ink" }[tone];
  return (
    <div className="flex h-full items-center gap-3 px-4 max-stack:flex-wrap max-stack:py-2">
      <span aria-hidden className={cx("flex size-9 shrink-0 items-center justify-center rounded-full", tint)}>
        {icon}
      </span>
      <div className="min-w-0 grow">
        <p className="truncate text-body font-semibold">{title}</p>
        <p className="line-clamp-2 text-meta text-ink-2">{detail}</p>
      </div>
      {children}
    </div>
  );
}
