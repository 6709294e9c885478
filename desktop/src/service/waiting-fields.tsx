import type { Announcement } from "@tandem/protocol/waiting";
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { Group } from "../admin/fields.tsx";
import { Button, IconButton } from "../kit/button.tsx";
import { NumberField } from "../kit/field.tsx";
import { Switch } from "../kit/switch.tsx";
import { RecordingSelect, TextsField } from "./says-field.tsx";
import type { SettingFieldsProps } from "./setting-form.tsx";

const MAX_ANNOUNCEMENTS = 10;

/** Music, announcements, place and estimate, the offer to call back. */
export function WaitingFields({ draft, set, error, look }: SettingFieldsProps<"waiting">): ReactNode {
  const { t } = look;
  const { announcements, callback } = draft;
  const seconds = t("admin.seconds");
  const change = (at: number, part: Partial<Announcement>): void => set({ announcements: announcements.map((one, i) => (i === at ? { ...one, ...part } : one)) });
  const record = (at: number, recordingId: string | null): void => {
    const { recordingId: _, ...rest } = announcements[at] ?? { says: {}, firstAfterS: 30, everyS: 90 };
    set({ announcements: announcements.map((one, i) => (i === at ? { ...rest, ...(recordingId === null ? {} : { recordingId }) } : one)) });
  };
  return (
    <>
      <div className="w-80">
        <RecordingSelect label={t("admin.waiting.music")} none={t("admin.waiting.music.ours")} value={draft.music} onChange={(music) => set({ music })} />
      </div>
      <Group label={t("admin.waiting.promises")} hint={t("admin.waiting.promises.hint")}>
        <Switch isSelected={draft.position} onChange={(position) => set({ position })}>
          {t("admin.waiting.position")}
        </Switch>
        <Switch isSelected={draft.estimate} onChange={(estimate) => set({ estimate })}>
          {t("admin.waiting.estimate")}
        </Switch>
        <div className="grid grid-cols-3 items-start gap-3">
          <NumberField label={t("admin.waiting.first")} unit={seconds} minValue={5} maxValue={600} error={error("firstAfterS")} value={draft.firstAfterS} onChange={(firstAfterS) => set({ firstAfterS })} />
          <NumberField label={t("admin.waiting.every")} unit={seconds} minValue={15} maxValue={3_600} error={error("everyS")} value={draft.everyS} onChange={(everyS) => set({ everyS })} />
          <NumberField label={t("admin.waiting.quiet")} unit={seconds} minValue={5} maxValue={300} error={error("quietS")} value={draft.quietS} onChange={(quietS) => set({ quietS })} />
        </div>
      </Group>
      <Group label={t("admin.waiting.announcements")} hint={t("admin.waiting.announcements.hint")} error={error("announcements")}>
        {announcements.map((one, i) => (
          // oxlint-disable-next-line react/no-array-index-key -- an announcement is its place
          <div key={i} role="group" aria-label={t("admin.waiting.announcement.n", { n: i + 1 })} className="flex flex-col gap-2.5 rounded-card border border-line p-2.5">
            <TextsField label={t("admin.waiting.announcement.n", { n: i + 1 })} texts={one.says} onChange={(says) => change(i, { says })} look={look} />
            <div className="grid grid-cols-[1fr_8rem_8rem_auto] items-end gap-3">
              <RecordingSelect label={t("admin.waiting.announcement.sound")} none={t("admin.service.recording.none")} value={one.recordingId ?? null} onChange={(id) => record(i, id)} />
              <NumberField label={t("admin.waiting.after")} unit={seconds} minValue={0} maxValue={3_600} value={one.firstAfterS} onChange={(firstAfterS) => change(i, { firstAfterS })} />
              <NumberField label={t("admin.waiting.again")} unit={seconds} minValue={0} maxValue={3_600} value={one.everyS} onChange={(everyS) => change(i, { everyS })} />
              <IconButton icon={X} label={t("admin.remove", { name: t("admin.waiting.announcement.n", { n: i + 1 }) })} onPress={() => set({ announcements: announcements.filter((_, at) => at !== i) })} className="mb-0.5" />
            </div>
          </div>
        ))}
        {announcements.length < MAX_ANNOUNCEMENTS && (
          <div>
            <Button size="s" tone="soft" icon={Plus} onPress={() => set({ announcements: [...announcements, { says: {}, firstAfterS: 30, everyS: 90 }] })}>
              {t("admin.waiting.announcements.add")}
            </Button>
          </div>
        )}
      </Group>
      <Group label={t("admin.waiting.callback")} hint={t("admin.waiting.callback.hint")} error={error("callback")}>
        <Switch isSelected={callback !== null} onChange={(on) => set({ callback: on ? { afterS: 60, whenEstimateAboveS: 120, everyS: 180 } : null })}>
          {t("admin.waiting.callback.on")}
        </Switch>
        {callback !== null && (
          <div className="grid grid-cols-3 items-start gap-3">
            <NumberField label={t("admin.waiting.callback.after")} unit={seconds} minValue={0} maxValue={3_600} value={callback.afterS} onChange={(afterS) => set({ callback: { ...callback, afterS } })} />
            <NumberField label={t("admin.waiting.callback.above")} unit={seconds} minValue={0} maxValue={36_000} value={callback.whenEstimateAboveS} onChange={(whenEstimateAboveS) => set({ callback: { ...callback, whenEstimateAboveS } })} />
            <NumberField label={t("admin.waiting.again")} unit={seconds} minValue={60} maxValue={3_600} value={callback.everyS} onChange={(everyS) => set({ callback: { ...callback, everyS } })} />
          </div>
        )}
      </Group>
    </>
  );
}
