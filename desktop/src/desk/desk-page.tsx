import type { InteractionView } from "@tandem/protocol";
import { Headphones } from "lucide-react";
import { useEffect } from "react";
import type { ReactNode } from "react";
import { answer } from "../actions/answer.ts";
import { cap } from "../actions/chord.ts";
import { nextConversation } from "../actions/conversations.ts";
import { hold } from "../actions/hold.ts";
import { openShortcuts } from "../actions/layers.ts";
import { mute } from "../actions/mute.ts";
import { run } from "../actions/run.ts";
import { transfer } from "../actions/transfer.ts";
import { validateWrap } from "../actions/validate-wrap.ts";
import { useReady } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Kbd } from "../kit/kbd.tsx";
import { Empty } from "../kit/notice.tsx";
import { chordLabel } from "../kit/platform.ts";
import { Skeleton } from "../kit/skeleton.tsx";
import { Sheet } from "../shell/sheet.tsx";
import { useActionContext } from "../shell/use-action-context.ts";
import { focusConversation, ui, useUi } from "../shell/ui.ts";
import { BeforePane } from "./before-pane.tsx";
import { CallPane } from "./call-pane.tsx";
import { ChatPane } from "./chat-pane.tsx";
import { ContextPane } from "./context-pane.tsx";
import { DeskContext, useDeskContext } from "./desk-context.ts";
import { nextFocus, panes } from "./layout.ts";
import { notebook } from "./notebook.ts";
import { Pane } from "./pane.tsx";
import { useRoom } from "./use-room.ts";
import { VoiceStrip } from "./voice-strip.tsx";
import { Worklist } from "./worklist.tsx";
import { WrapPane } from "./wrap-pane.tsx";

export function DeskPage(): ReactNode {
  const t = useT();
  const context = useActionContext();
  const room = useRoom();
  const ready = useReady();
  const focusedId = useUi((s) => s.focusedId);
  const recent = useUi((s) => s.recent);
  const { mine } = context;
  useFocusKept(mine);
  const shown = panes(mine, focusedId, recent, room);
  return (
    <DeskContext value={context}>
      <div className="flex min-h-0 min-w-0 grow max-stack:flex-col max-stack:overflow-auto">
        <Worklist />
        <Sheet label={t("shell.rail.desk")} className="max-stack:ml-2 max-stack:min-h-[38rem] max-stack:shrink-0">
          <VoiceStrip />
          <div className="relative flex min-h-0 grow">
            {!ready && <Skeleton rows={6} className="grow p-6" />}
            {ready && shown.length === 0 && <EmptyDesk />}
            {shown.map((interaction) => (
              <Pane key={interaction.id} interaction={interaction} label={interaction.customer.name}>
                <PaneOf interaction={interaction} />
              </Pane>
            ))}
            <ContextPane />
          </div>
        </Sheet>
      </div>
    </DeskContext>
  );
}

function PaneOf({ interaction }: { interaction: InteractionView }): ReactNode {
  if (interaction.state === "offered") return <BeforePane interaction={interaction} />;
  if (interaction.state === "wrapping") return <WrapPane interaction={interaction} withBar={interaction.medium !== "voice"} />;
  return interaction.medium === "voice" ? <CallPane interaction={interaction} /> : <ChatPane interaction={interaction} />;
}

/** The focus never rests on nothing while there is work, and never jumps to a newcomer by itself. */
function useFocusKept(mine: readonly InteractionView[]): void {
  const focusedId = useUi((s) => s.focusedId);
  useEffect(() => {
    if (focusedId !== null && mine.some((i) => i.id === focusedId)) return;
    const next = nextFocus(mine, ui.get().recent);
    if (next !== null) focusConversation(next);
  }, [mine, focusedId]);
  const open = mine.map((i) => i.id).join();
  useEffect(() => {
    const here = new Set(open.split(","));
    for (const id of notebook.pages.get().keys()) if (!here.has(id)) notebook.forget(id);
  }, [open]);
}

const taught = [
  { action: answer, words: "desk.empty.answer" },
  { action: hold, words: "desk.empty.hold" },
  { action: mute, words: "desk.empty.mute" },
  { action: transfer, words: "desk.empty.transfer" },
  { action: nextConversation, words: "desk.empty.next" },
  { action: validateWrap, words: "desk.empty.validate" },
] as const;

/** Nothing to do: what will come here, and how it is taken. */
function EmptyDesk(): ReactNode {
  const t = useT();
  const context = useDeskContext();
  return (
    <div className="flex grow flex-col items-center justify-center overflow-auto">
      <Empty icon={Headphones} title={t(context.agent?.wish === "available" && context.agent.system === "idle" ? "desk.empty.title" : "desk.empty.titleAway")}>
        {t("desk.empty.explain")}
      </Empty>
      <dl className="grid grid-cols-2 gap-x-8 gap-y-2 px-6 pb-4">
        {taught.map(({ action, words }) => (
          <div key={words} className="flex items-center gap-3">
            <dt className="flex w-13 justify-end">
              <span className="sr-only">{action.chord === null ? "" : chordLabel(cap(action.chord))}</span>
              <Kbd>{action.chord === null ? "" : chordLabel(cap(action.chord))}</Kbd>
            </dt>
            <dd className="text-body text-ink-2">{t(words)}</dd>
          </div>
        ))}
      </dl>
      <Button tone="ghost" onPress={() => run(openShortcuts, context)}>
        {t("shell.shortcuts.open")}
      </Button>
    </div>
  );
}
