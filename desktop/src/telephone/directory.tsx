import type { DirectoryEntry } from "@tandem/protocol";
import { BookUser, Megaphone, Phone, Plus, Presentation, Star, Trash2, Users } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { DialogTrigger } from "react-aria-components";
import { inWords, useAddSpeedDial, useDirectory, useRemoveSpeedDial, useSpeedDials } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Avatar } from "../kit/avatar.tsx";
import { Button, IconButton } from "../kit/button.tsx";
import { ConfirmPopover } from "../kit/confirm-popover.tsx";
import { SearchField, TextField } from "../kit/field.tsx";
import { Empty } from "../kit/notice.tsx";
import { Popover } from "../kit/popover.tsx";
import { NotRead } from "../kit/not-read.tsx";
import { toast } from "../kit/toast.tsx";
import { dial, dialable } from "../phone/phone.ts";
import { folded } from "../shell/folded.ts";
import { StateMark } from "./state-mark.tsx";

const icons: Record<Exclude<DirectoryEntry["kind"], "extension">, LucideIcon> = { group: Users, room: Presentation, page: Megaphone, "speed-dial": Star, outside: Phone };
/** A row keeps its place whatever its state becomes: by name, in these parts. */
const parts = [
  { id: "people", kinds: ["extension"] },
  { id: "speedDials", kinds: ["speed-dial", "outside"] },
  { id: "groups", kinds: ["group", "room", "page"] },
] as const satisfies readonly { id: string; kinds: readonly DirectoryEntry["kind"][] }[];

/** Who can be called inside, whether they are free, and the numbers that one calls often. */
export function Directory({ mine }: { mine: string }): ReactNode {
  const t = useT();
  const format = useFormat();
  const [query, setQuery] = useState("");
  const directory = useDirectory(true);
  const own = new Set((useSpeedDials().data ?? []).filter(({ userId }) => userId !== null).map(({ id }) => id));
  if (directory.data === undefined) return <NotRead query={directory} rows={8} avatar />;
  const words = folded(query).trim();
  const entries = directory.data.filter(({ name, number }) => number !== mine && (words === "" || folded(name).includes(words) || number.includes(words))).toSorted((a, b) => format.compare(a.name, b.name));
  return (
    <div>
      <div className="sticky top-0 z-10 flex items-center gap-2 bg-surface px-4 py-2">
        <div className="grow">
          <SearchField label={t("telephone.directory.find")} value={query} onChange={setQuery} />
        </div>
        <AddSpeedDial />
      </div>
      {entries.length === 0 && words !== "" ? (
        <Empty icon={BookUser} title={t("telephone.directory.none", { query })} />
      ) : (
        parts.map(({ id, kinds }) => {
          const rows = entries.filter(({ kind }) => (kinds as readonly string[]).includes(kind));
          return rows.length === 0 ? null : (
            <section key={id} aria-labelledby={`directory-${id}`}>
              <h3 id={`directory-${id}`} className="px-4 pt-3 pb-1 text-meta font-medium text-ink-3">
                {t(`telephone.directory.${id}`)}
              </h3>
              <ul>
                {rows.map((entry) => (
                  <Row key={`${entry.kind}-${entry.id}`} entry={entry} own={own.has(entry.id)} />
                ))}
              </ul>
            </section>
          );
        })
      )}
    </div>
  );
}

function Row({ entry, own }: { entry: DirectoryEntry; own: boolean }): ReactNode {
  const t = useT();
  const format = useFormat();
  const remove = useRemoveSpeedDial();
  const Icon = entry.kind === "extension" ? null : icons[entry.kind];
  return (
    <li className="flex min-h-[2.875rem] items-center gap-3 border-b border-line px-4 py-1">
      {Icon === null ? (
        <Avatar name={entry.name} />
      ) : (
        <span aria-hidden className="flex size-7 shrink-0 items-center justify-center rounded-full bg-fill text-ink-2">
          <Icon size={14} />
        </span>
      )}
      <div className="min-w-0 grow">
        <p className="truncate text-body font-medium">{entry.name}</p>
        <p className="truncate text-meta text-ink-2">{[format.phone(entry.number), entry.kind === "extension" ? "" : t(`telephone.directory.kind.${entry.kind}`)].filter((part) => part !== "").join(" · ")}</p>
      </div>
      {entry.state !== null && (
        <span className="w-28 max-stack:w-auto">
          <StateMark state={entry.state} />
        </span>
      )}
      {own && (
        <ConfirmPopover
          trigger={<IconButton size="l" icon={Trash2} label={t("telephone.directory.remove", { name: entry.name })} />}
          question={t("telephone.directory.remove.ask", { name: entry.name })}
          confirmLabel={t("telephone.voicemail.delete.yes")}
          onConfirm={() => remove.mutate(entry.id, { onError: (why) => toast("alert", inWords(why)) })}
        />
      )}
      <Button tone="soft" icon={Phone} className="h-9 max-stack:size-11 max-stack:px-0" aria-label={t("telephone.directory.call", { name: entry.name })} onPress={() => dial(entry.number, entry.name)} />
    </li>
  );
}

function AddSpeedDial(): ReactNode {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <IconButton size="l" icon={Plus} label={t("telephone.directory.add")} />
      <Popover label={t("telephone.directory.add")} placement="bottom end" className="w-72 p-3">
        <AddForm onDone={() => setOpen(false)} />
      </Popover>
    </DialogTrigger>
  );
}

function AddForm({ onDone }: { onDone: () => void }): ReactNode {
  const t = useT();
  const add = useAddSpeedDial();
  const [name, setName] = useState("");
  const [typed, setTyped] = useState("");
  const [tried, setTried] = useState(false);
  const number = dialable(typed);
  const submit = (): void => {
    setTried(true);
    if (name.trim() === "" || number === null) return;
    add.mutate({ name: name.trim(), number }, {
      onSuccess() {
        toast("good", t("telephone.directory.add.saved"));
        onDone();
      },
      onError: (why) => toast("alert", inWords(why)),
    });
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog just opened by the user takes the focus */}
      <TextField autoFocus label={t("telephone.directory.add.name")} value={name} onChange={setName} maxLength={80} error={tried && name.trim() === "" ? t("shell.signIn.loginMissing") : null} />
      <TextField type="tel" mono label={t("telephone.directory.add.number")} value={typed} onChange={setTyped} error={tried && number === null ? t("telephone.pad.wrong") : null} />
      <Button type="submit" tone="primary" isPending={add.isPending}>
        {t("telephone.directory.add.save")}
      </Button>
    </form>
  );
}
