/** All flows: what is live, what is being written, what is wrong, who is at it. */
import type { FlowRow, FlowTemplate } from "@tandem/protocol/flow-studio";
import { useNavigate } from "@tanstack/react-router";
import { CircleAlert, CircleCheck, Plus, TriangleAlert, Waypoints } from "lucide-react";
import { useMemo, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { flowApi, flowsChanged, inWords, useCentreState, useFlowList, useFlowTemplates, useMe, useNow } from "../data/data.ts";
import { useFormat, useLanguage, useT } from "../i18n/i18n.ts";
import { Avatar } from "../kit/avatar.tsx";
import { Button } from "../kit/button.tsx";
import { Chip } from "../kit/chip.tsx";
import { cx } from "../kit/classes.ts";
import { SearchField, TextField } from "../kit/field.tsx";
import { Empty, Notice } from "../kit/notice.tsx";
import { Select } from "../kit/select.tsx";
import { SideSheet } from "../kit/side-sheet.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { ImportButton } from "./import-button.tsx";
import { guessQueues } from "./model/guess-queues.ts";
import { useNames } from "./use-names.ts";
import { useRoving } from "../floor/roving.ts";
import { folded } from "../shell/folded.ts";

/** Fewer: whoever looks is new here, and is told what there is to begin with. */
const FIRST_FLOWS = 3;

export function FlowList(): ReactNode {
  const t = useT();
  const me = useMe();
  const mayEdit = me.roles.includes("administrator");
  const flows = useFlowList();
  const [query, setQuery] = useState("");
  const [creating, setCreating] = useState(false);
  const words = folded(query).trim();
  const rows = (flows.data ?? []).filter((row) => words === "" || folded(`${row.name} ${row.numbers.join(" ")}`).includes(words));
  return (
    <>
      <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-3 border-b border-line px-4 py-2">
        <h2 className="text-sub font-semibold">{t("flows.title")}</h2>
        <span className="grow" />
        <div className="w-56">
          <SearchField label={t("flows.search")} value={query} onChange={setQuery} />
        </div>
        {mayEdit && <ImportButton />}
        {mayEdit && (
          <Button tone="primary" size="l" icon={Plus} onPress={() => setCreating(true)}>
            {t("flows.new")}
          </Button>
        )}
      </header>
      {flows.isError && (
        <Notice tone="alert" icon={CircleAlert} className="rounded-none">
          {inWords(flows.error)}
        </Notice>
      )}
      <div className="min-h-0 grow overflow-auto">
        {flows.isPending ? (
          <Skeleton rows={6} className="p-6" />
        ) : rows.length === 0 && !flows.isError ? (
          <Empty icon={Waypoints} title={t(words === "" ? "flows.none" : "flows.none.found")} {...(words === "" && mayEdit ? { actions: <Button tone="primary" icon={Plus} onPress={() => setCreating(true)}>{t("flows.new")}</Button> } : {})}>
            {words === "" ? t("flows.none.help") : null}
          </Empty>
        ) : (
          <>
            <Table rows={rows} />
            {mayEdit && words === "" && rows.length < FIRST_FLOWS && <p className="max-w-[40rem] px-4 py-3 text-control text-ink-2">{t("flows.first")}</p>}
          </>
        )}
      </div>
      {creating && <NewFlowSheet onClose={() => setCreating(false)} />}
    </>
  );
}

function Table({ rows }: { rows: readonly FlowRow[] }): ReactNode {
  const t = useT();
  const navigate = useNavigate();
  const roving = useRoving(rows.map(({ id }) => id));
  const open = (id: string): void => void navigate({ to: "/flows/$flowId", params: { flowId: id } });
  return (
    <table className="w-full table-fixed text-left text-body">
      <thead>
        <tr className="h-8 border-b border-line text-meta text-ink-3">
          <th scope="col" className="w-[26%] px-4 font-medium">{t("flows.column.name")}</th>
          <th scope="col" className="w-[20%] px-2 font-medium">{t("flows.column.numbers")}</th>
          <th scope="col" className="w-[20%] px-2 font-medium">{t("flows.column.live")}</th>
          <th scope="col" className="w-[16%] px-2 font-medium">{t("flows.column.draft")}</th>
          <th scope="col" className="w-[10%] px-2 font-medium">{t("flows.column.problems")}</th>
          <th scope="col" className="w-[8%] px-4 text-right font-medium">{t("flows.column.contacts")}</th>
        </tr>
      </thead>
      <tbody {...roving.container}>
        {rows.map((row) => (
          <Row key={row.id} row={row} item={roving.item(row.id)} onOpen={() => open(row.id)} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row, item, onOpen }: { row: FlowRow; item: object; onOpen: () => void }): ReactNode {
  const t = useT();
  const format = useFormat();
  const me = useMe();
  const now = useNow(60_000);
  const here = useCentreState((s) => s.flowEditors.get(row.id) ?? null)?.filter(({ id }) => id !== me.id) ?? [];
  const { name, numbers, published, draft, problems, broken, contacts24h } = row;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onOpen();
  };
  return (
    <tr {...item} onClick={onOpen} onKeyDown={onKeyDown} className="h-[2.75rem] cursor-pointer border-b border-line outline-offset-[-2px] hover:bg-sunken">
      <th scope="row" className="truncate px-4 font-medium">
        <span className="flex items-center gap-2">
          <span className="truncate">{name}</span>
          {broken !== null && broken > 0 && (
            <Chip tone="alert" icon={CircleAlert} className="shrink-0">
              {t("flows.row.broken")}
            </Chip>
          )}
          {here.map((user) => (
            <span key={user.id} title={t("flows.bar.here", { names: user.name })}>
              <Avatar name={user.name} size="xs" />
              <span className="sr-only">{t("flows.bar.here", { names: user.name })}</span>
            </span>
          ))}
        </span>
      </th>
      <td className="truncate px-2 text-ink-2">{numbers.map((number) => format.phone(number)).join(", ") || "—"}</td>
      <td className="truncate px-2 text-ink-2">{published === null ? <span className="text-ink-3">{t("flows.bar.never")}</span> : t("flows.row.live", { version: published.version, name: published.byName, when: format.when(published.atMs, now) })}</td>
      <td className="truncate px-2">{draft === null ? <span className="text-ink-3">—</span> : <Chip tone="amber">{t("flows.row.draft", { name: draft.byName, when: format.when(draft.atMs, now) })}</Chip>}</td>
      <td className={cx("px-2", problems !== null && problems > 0 ? "text-amber-ink" : "text-ink-2")}>
        <span className="flex items-center gap-1.5">
          {problems === null ? "—" : problems === 0 ? <CircleCheck size={14} aria-hidden className="text-jade" /> : <TriangleAlert size={14} aria-hidden className="text-amber" />}
          {problems === null ? null : problems === 0 ? t("flows.proof.good") : (
            <>
              <span aria-hidden>{format.number(problems)}</span>
              <span className="sr-only">{t("flows.proof.count", { n: problems })}</span>
            </>
          )}
        </span>
      </td>
      <td className="px-4 text-right">{format.number(contacts24h)}</td>
    </tr>
  );
}

function NewFlowSheet({ onClose }: { onClose: () => void }): ReactNode {
  const t = useT();
  const screen = useLanguage();
  const navigate = useNavigate();
  const templates = useFlowTemplates(true);
  const [name, setName] = useState("");
  const [templateId, setTemplateId] = useState<string | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const { queues } = useNames();
  const template = templates.data?.find(({ id }) => id === templateId) ?? null;
  /** What was chosen by hand; the rest is guessed. */
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({});
  const guessed = useMemo(() => (template === null ? {} : guessQueues(template.queues, queues)), [template, queues]);
  const create = async (): Promise<void> => {
    setTried(true);
    if (name.trim() === "" || busy) return;
    setBusy(true);
    try {
      const { id } = await flowApi.create({ name: name.trim(), ...(template === null ? {} : { templateId: template.id, queues: Object.fromEntries(template.queues.flatMap(({ key }) => { const queueId = chosen[key] ?? guessed[key]; return queueId === undefined ? [] : [[key, queueId]]; })) }) });
      await flowsChanged();
      void navigate({ to: "/flows/$flowId", params: { flowId: id } });
    } catch (error) {
      setFailed(inWords(error));
      setBusy(false);
    }
  };
  const choose = (one: FlowTemplate): void => {
    // A name that nobody typed follows the template.
    if (name === "" || name === template?.name[screen]) setName(one.name[screen]);
    setTemplateId(one.id);
    setChosen({});
  };
  return (
    <SideSheet
      isOpen
      width="record"
      title={t("flows.new")}
      onClose={onClose}
      foot={
        <>
          <span className="grow" />
          <Button size="l" onPress={onClose}>{t("everywhere.cancel")}</Button>
          <Button size="l" tone="primary" isDisabled={busy} onPress={() => void create()}>{t("flows.new.create")}</Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {failed !== null && (
          <Notice tone="alert" icon={CircleAlert} role="alert">
            {failed}
          </Notice>
        )}
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog just opened by the user takes the focus */}
        <TextField autoFocus label={t("flows.flow.name")} value={name} error={tried && name.trim() === "" ? t("flows.new.name") : null} onChange={(typed) => setName(typed.slice(0, 100))} />
        <fieldset className="flex flex-col gap-1.5">
          <legend className="mb-1.5 text-control font-medium">{t("flows.new.from")}</legend>
          <Template title={t("flows.new.empty")} about={t("flows.new.empty.help")} chosen={templateId === null} onChoose={() => setTemplateId(null)} />
          {templates.data?.map((one) => (
            <div key={one.id} className="flex flex-col">
              <Template title={one.name[screen]} about={one.about[screen]} meta={t("flows.new.steps", { n: one.steps })} chosen={templateId === one.id} onChoose={() => choose(one)} />
              {templateId === one.id && queues.length > 0 && (
                <fieldset className="mt-2 mb-1 ml-3 flex flex-col gap-2 border-l-2 border-line pl-3">
                  <legend className="float-left mb-1 w-full text-meta text-ink-2">{t("flows.new.queues")}</legend>
                  {one.queues.map(({ key, name: wanted }) => (
                    <Select key={key} label={wanted[screen]} value={chosen[key] ?? guessed[key] ?? null} options={queues.map((queue) => ({ id: queue.id, label: queue.name }))} onChange={(queueId) => setChosen({ ...chosen, [key]: queueId })} />
                  ))}
                </fieldset>
              )}
            </div>
          ))}
        </fieldset>
      </div>
    </SideSheet>
  );
}

function Template({ title, about, meta, chosen, onChoose }: { title: string; about: string; meta?: string; chosen: boolean; onChoose: () => void }): ReactNode {
  return (
    // oxlint-disable-next-line jsx-a11y/label-has-associated-control -- its words are inside, deeper than the rule looks
    <label className={cx("flex items-start gap-2.5 rounded-card border px-3 py-2.5 has-focus-visible:outline-2 has-focus-visible:outline-acc", chosen ? "border-acc bg-acc-soft" : "border-line hover:bg-sunken")}>
      <input type="radio" name="template" checked={chosen} onChange={onChoose} className="mt-1 accent-[var(--acc)]" />
      <span className="min-w-0 grow">
        <span className="flex items-baseline gap-2 text-control font-medium">
          <span className="grow">{title}</span>
          {meta !== undefined && <span className="text-meta font-normal text-ink-2">{meta}</span>}
        </span>
        <span className="block text-meta text-ink-2">{about}</span>
      </span>
    </label>
  );
}
