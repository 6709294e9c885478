import { Copy, ListTree } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { useLadder, useMe } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Button, IconButton } from "../kit/button.tsx";
import { Empty } from "../kit/notice.tsx";
import { ReadFailed } from "../kit/read-failed.tsx";
import { SideSheet } from "../kit/side-sheet.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { copy, Ladder } from "./ladder.tsx";
import { ladderOf, ladderText } from "./ladder-model.ts";

/** Opens the SIP messages of a call; administrators only, because they name addresses and numbers. */
export function LadderButton({ callId, small = false }: { callId: string; small?: boolean }): ReactNode {
  const t = useT();
  const may = useMe().roles.includes("administrator");
  const [open, setOpen] = useState(false);
  if (!may) return null;
  return (
    <>
      {small ? (
        <IconButton size="s" icon={ListTree} label={t("ladder.open")} onPress={() => setOpen(true)} />
      ) : (
        <Button size="s" tone="soft" icon={ListTree} onPress={() => setOpen(true)}>
          {t("ladder.open")}
        </Button>
      )}
      {open && <LadderSheet callId={callId} onClose={() => setOpen(false)} />}
    </>
  );
}

function LadderSheet({ callId, onClose }: { callId: string; onClose: () => void }): ReactNode {
  const t = useT();
  const asked = useLadder(callId);
  const messages = asked.data ?? [];
  return (
    <SideSheet
      isOpen
      width="page"
      title={t("ladder.title")}
      onClose={onClose}
      bare
      {...(messages.length === 0 ? {} : { subtitle: t("ladder.subtitle", { n: messages.length, legs: ladderOf(messages).dialogs }) })}
      foot={
        messages.length === 0 ? undefined : (
          <Button tone="secondary" icon={Copy} onPress={() => void copy(ladderText(messages), t)}>
            {t("ladder.copyAll")}
          </Button>
        )
      }
    >
      {asked.isError ? (
        <ReadFailed query={asked} className="m-4" />
      ) : asked.data === undefined ? (
        <Skeleton rows={8} className="m-4" />
      ) : messages.length === 0 ? (
        <Empty icon={ListTree} title={t("ladder.empty")}>
          {t("ladder.empty.help")}
        </Empty>
      ) : (
        <Ladder messages={messages} />
      )}
    </SideSheet>
  );
}
