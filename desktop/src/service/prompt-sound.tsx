/** The sound of one entry in one language: heard, replaced by a file that is chosen or dropped here, taken back. Done at once. */
import type { PromptLanguage, PromptView } from "@tandem/protocol/prompt";
import { History, Mic2, Upload, X } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { DropZone, FileTrigger } from "react-aria-components";
import type { Look } from "../admin/kind-page.ts";
import { inWords, usePromptSound } from "../data/data.ts";
import type { PromptOrder } from "../data/data.ts";
import { Button } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { toast } from "../kit/toast.tsx";
import { HearButton, recorded } from "./sound.tsx";

/** The server's own limit, said before a long upload is made in vain. */
const MAX_MEGABYTES = 40;

export function PromptSound({ row, language, look }: { row: PromptView; language: PromptLanguage; look: Look }): ReactNode {
  const { t, format } = look;
  const change = usePromptSound(row.id, language);
  const [why, setWhy] = useState<string | null>(null);
  const recording = row.recordings[language];
  const [earlier] = row.earlier[language];
  const heard = recording !== undefined || row.texts[language] !== undefined;
  const order = (one: PromptOrder): void => {
    setWhy(null);
    change.mutate(one, { onSuccess: () => toast("good", t("admin.prompts.sound.done")), onError: (error) => setWhy(inWords(error)) });
  };
  const upload = (file: File | null): void => {
    if (file === null) return;
    if (file.size > MAX_MEGABYTES * 1024 * 1024) setWhy(t("admin.prompts.sound.large", { megabytes: MAX_MEGABYTES }));
    else order({ do: "upload", file });
  };
  return (
    <DropZone
      className={({ isDropTarget }) => cx("flex flex-col gap-2 rounded-card border p-3", isDropTarget ? "border-acc bg-acc-soft" : "border-line")}
      onDrop={(event) => {
        const [file] = event.items.filter((item) => item.kind === "file");
        if (file !== undefined) file.getFile().then(upload, () => setWhy(t("admin.prompts.sound.unread")));
      }}
    >
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-control font-medium">{t(`admin.prompts.${language}`)}</span>
        <span className="grow text-meta text-ink-3">{recording === undefined ? t(heard ? "admin.prompts.sound.spoken" : "admin.prompts.missing") : recording.fileName}</span>
        {heard && <HearButton sounds={[recorded(row.id, language, recording?.hash ?? row.texts[language] ?? "")]} of={t(`admin.prompts.${language}`)} />}
      </div>
      {recording !== undefined && (
        <p className="text-meta text-ink-3 tabular-nums">
          {t("admin.prompts.sound.about", { length: format.timer(recording.seconds * 1000), level: format.number(Math.round(recording.levelDbm0)), gain: format.number(Math.round(recording.gainDb)), by: recording.byName, when: format.when(recording.atMs, Date.now()) })}
        </p>
      )}
      {why !== null && (
        <p role="alert" className="text-meta text-alert-ink">
          {why}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <FileTrigger acceptedFileTypes={["audio/wav", "audio/x-wav", "audio/mpeg", ".wav", ".mp3"]} onSelect={(files) => upload(files?.[0] ?? null)}>
          <Button icon={recording === undefined ? Upload : Mic2} isDisabled={change.isPending}>
            {t(recording === undefined ? "admin.prompts.sound.upload" : "admin.prompts.sound.replace")}
          </Button>
        </FileTrigger>
        {recording !== undefined && (
          <Button tone="ghost" icon={X} isDisabled={change.isPending} onPress={() => order({ do: "drop" })}>
            {t("admin.prompts.sound.drop")}
          </Button>
        )}
        {earlier !== undefined && (
          <Button tone="ghost" icon={History} isDisabled={change.isPending} onPress={() => order({ do: "restore", hash: earlier.hash })}>
            {t("admin.prompts.sound.restore", { name: earlier.fileName })}
          </Button>
        )}
      </div>
    </DropZone>
  );
}
