import { Check, Volume2 } from "lucide-react";
import type { ReactNode } from "react";
import { Header, ListBox, ListBoxItem } from "react-aria-components";
import type { ActionContext } from "../actions/action.ts";
import { back } from "../actions/back.ts";
import { run } from "../actions/run.ts";
import { setWish, wishes } from "../actions/set-wish.ts";
import { useT } from "../i18n/i18n.ts";
import { ChannelIcon } from "../kit/avatar.tsx";
import { Button } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { chordLabel } from "../kit/platform.ts";
import { StGlyph } from "../kit/st-glyph.tsx";
import { capacities } from "./capacities.ts";
import { useHealth } from "./health.ts";
import { openLayer } from "./ui.ts";

export function StatusMenu({ context }: { context: ActionContext }): ReactNode {
  const t = useT();
  const { agent } = context;
  const health = useHealth();
  if (agent === null) return null;
  const busy = agent.system !== "idle";
  return (
    <>
      {back.enabled(context) && (
        <div className="border-b border-line bg-alert-soft px-3 py-2.5">
          <p className="text-body text-ink">{t(agent.system === "missed" ? "shell.status.missedWhy" : "shell.status.unresponsiveWhy")}</p>
          <Button
            tone="primary"
            className="mt-2"
            onPress={() => {
              openLayer(null);
              run(back, context);
            }}
          >
            {t("shell.status.back")}
          </Button>
        </div>
      )}
      <ListBox
        aria-label={t("shell.status.choose")}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[agent.wish]}
        onAction={(key) => {
          const action = setWish[wishes.findIndex((wish) => wish === key)];
          if (action !== undefined) run(action, context);
        }}
        className="p-1.5 outline-none"
      >
        {wishes.map((wish, i) => (
          <ListBoxItem key={wish} id={wish} textValue={t(`everywhere.wish.${wish}`)} className="group flex h-[1.8125rem] items-center gap-2.5 rounded-control px-2 text-body outline-none data-focused:bg-fill">
            <StGlyph state={wish} />
            <span className="group-data-selected:font-semibold">{t(`everywhere.wish.${wish}`)}</span>
            <Check size={14} aria-hidden className="opacity-0 group-data-selected:opacity-100" />
            <span className="grow" />
            <span aria-hidden className="text-meta text-ink-3">
              {chordLabel(String(i + 1))}
            </span>
          </ListBoxItem>
        ))}
      </ListBox>
      {busy && <p className="px-3.5 pb-2.5 text-meta text-ink-2">{t("shell.status.afterContact", { wish: t(`everywhere.wish.${agent.wish}`) })}</p>}
      <section className="border-t border-line px-3.5 py-2.5">
        <Header className="text-meta font-medium text-ink-3">{t("shell.status.canReceive")}</Header>
        <table className="mt-1 w-full text-body">
          <tbody>
            {capacities(agent).map(({ medium, used, of, reach }) => (
              <tr key={medium} className="h-6">
                <th scope="row" className="w-24 text-left font-normal">
                  <span className="flex items-center gap-2.5">
                    <ChannelIcon medium={medium} size={15} className="text-ink-2" />
                    {t(`everywhere.medium.${medium}`)}
                  </span>
                </th>
                <td>
                  {used} / {of}
                </td>
                <td className={cx("text-right text-meta", reach.whyNot === null ? "text-jade-ink" : "text-ink-2")}>{reach.whyNot === null ? t("shell.status.canTake", { n: reach.free }) : t(`everywhere.whyNot.${reach.whyNot}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section aria-label={t("shell.health.label")} className="border-t border-line px-3.5 py-2.5">
        <ul className="flex flex-col gap-1">
          {health.map(({ id, icon: Icon, tone, words, fix }) => (
            <li key={id} className="flex items-center gap-2.5 text-meta">
              <Icon size={14} aria-hidden className={tone === "alert" ? "text-alert" : "text-ink-2"} />
              <span className={cx("grow", tone === "alert" ? "font-medium text-alert-ink" : "text-ink-2")}>{words}</span>
              {fix !== null && (
                <Button size="s" tone="soft" onPress={fix.perform}>
                  {fix.label}
                </Button>
              )}
            </li>
          ))}
        </ul>
        <Button tone="ghost" size="s" icon={Volume2} className="mt-1 -ml-2" onPress={() => openLayer({ what: "audio" })}>
          {t("shell.audio.title")}
        </Button>
      </section>
    </>
  );
}
