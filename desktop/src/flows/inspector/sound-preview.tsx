/** How a text sounds to the caller: played here, with its length and its wave. Variables are heard by their name. */
import { Play, Square } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useFormat, useT } from "../../i18n/i18n.ts";
import { Button } from "../../kit/button.tsx";
import { toast } from "../../kit/toast.tsx";

const BARS = 28;

export function SoundPreview({ text, language }: { text: string; language: string }): ReactNode {
  const t = useT();
  const format = useFormat();
  const [sound, setSound] = useState<{ of: string; seconds: number; bars: number[] } | null>(null);
  const [playing, setPlaying] = useState(false);
  const stop = useRef<() => void>(() => undefined);
  useEffect(() => () => stop.current(), []);
  const of = `${language} ${text}`;
  const known = sound?.of === of ? sound : null;
  const play = async (): Promise<void> => {
    if (playing) return stop.current();
    setPlaying(true);
    const context = new AudioContext();
    const end = (): void => {
      setPlaying(false);
      if (context.state !== "closed") void context.close();
    };
    // Stopped while it was being fetched: nothing failed, and nothing is played.
    let stopped = false;
    stop.current = () => {
      stopped = true;
      end();
    };
    try {
      const spoken = text.replace(/\{[^{}]*?([A-Za-z0-9_]+)\}/g, "$1");
      const response = await fetch("/api/admin/prompts/preview", { method: "POST", credentials: "same-origin", headers: { "content-type": "application/json" }, body: JSON.stringify({ text: spoken, language }) });
      if (!response.ok) throw new Error(String(response.status));
      const bytes = await response.arrayBuffer();
      if (stopped) return;
      const buffer = await context.decodeAudioData(bytes);
      setSound({ of, seconds: buffer.duration, bars: barsOf(buffer.getChannelData(0)) });
      const source = context.createBufferSource();
      source.buffer = buffer;
      source.connect(context.destination);
      source.addEventListener("ended", end);
      source.start();
    } catch (error) {
      if (stopped) return;
      end();
      toast("alert", t("flows.preview.failed", { why: error instanceof Error ? error.message : "" }));
    }
  };
  return (
    <span className="flex items-center gap-2">
      <Button size="s" tone="soft" icon={playing ? Square : Play} isDisabled={text === ""} aria-label={t(playing ? "flows.preview.stop" : "flows.preview.play")} onPress={() => void play()}>
        {known === null ? t("flows.preview") : format.timer(known.seconds * 1000)}
      </Button>
      {known !== null && (
        <svg aria-hidden width={BARS * 3} height={16} viewBox={`0 0 ${BARS * 3} 16`}>
          {known.bars.map((height, i) => (
            // oxlint-disable-next-line react/no-array-index-key -- a bar is its place
            <rect key={i} x={i * 3} y={8 - height * 7} width={1.6} height={Math.max(1.5, height * 14)} rx={0.8} fill={playing ? "var(--acc)" : "var(--ink-3)"} />
          ))}
        </svg>
      )}
    </span>
  );
}

function barsOf(samples: Float32Array): number[] {
  const each = Math.max(1, Math.floor(samples.length / BARS));
  const peaks = Array.from({ length: BARS }, (_, bar) => {
    let most = 0;
    for (let i = bar * each; i < (bar + 1) * each; i += 8) most = Math.max(most, Math.abs(samples[i] ?? 0));
    return most;
  });
  const top = Math.max(...peaks, 0.01);
  return peaks.map((peak) => peak / top);
}
