import { ChevronDown, ChevronUp, Plus, SearchX } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { Cell, Column, Row, Table, TableBody, TableHeader } from "react-aria-components";
import { useAdminList, useMe } from "../data/data.ts";
import type { AdminKind, AdminRows } from "../data/data.ts";
import { Button } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { SearchField } from "../kit/field.tsx";
import { Empty } from "../kit/notice.tsx";
import { NotRead } from "../kit/not-read.tsx";
import { search } from "./draft.ts";
import { useLook } from "./kind-page.ts";
import type { AdminColumn, KindPage, Look } from "./kind-page.ts";
import { KindSheet } from "./kind-sheet.tsx";

/** One section: its list, searched and sorted here, and the sheet of the row that is open. */
export function KindList<K extends AdminKind>({ page }: { page: KindPage<K> }): ReactNode {
  const look = useLook();
  const { t } = look;
  const rows = useAdminList(page.kind);
  const mayEdit = useMe().roles.includes("administrator");
  const [words, setWords] = useState("");
  const [open, setOpen] = useState<{ id: string | null } | null>(null);
  const all = rows.data ?? [];
  const found = search(all, words, (row) => page.searchText(row, look));
  const create = mayEdit ? (
    <Button tone={page.Beside === undefined ? "primary" : "secondary"} icon={Plus} isDisabled={rows.data === undefined} onPress={() => setOpen({ id: null })}>
      {t(`admin.${page.kind}.new`)}
    </Button>
  ) : null;
  return (
    <section aria-labelledby="admin-title" className="flex min-h-0 min-w-0 grow flex-col">
      <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2">
        <h2 id="admin-title" className="text-sub font-semibold">
          {t(`admin.${page.kind}`)}
        </h2>
        <output className="text-meta text-ink-3">{words === "" ? look.format.number(all.length) : t("admin.count", { shown: found.length, all: all.length })}</output>
        <span className="grow" />
        {all.length > 0 && (
          <div className="w-64">
            <SearchField label={t("admin.search", { what: t(`admin.${page.kind}`).toLowerCase() })} value={words} onChange={setWords} />
          </div>
        )}
        {create}
        {mayEdit && page.Beside !== undefined && <page.Beside look={look} />}
      </header>
      {!mayEdit && <p className="border-b border-line bg-sunken px-4 py-1.5 text-meta text-ink-2">{t("admin.readOnly")}</p>}
      <div className="min-h-0 grow overflow-auto">
        {rows.data === undefined ? (
          <NotRead query={rows} rows={8} />
        ) : all.length === 0 ? (
          <div className="pt-[10vh]">
            <Empty icon={page.icon} title={t(`admin.${page.kind}.none`)} actions={create}>
              {t(`admin.${page.kind}.none.help`)}
            </Empty>
          </div>
        ) : found.length === 0 ? (
          <div className="pt-[10vh]">
            <Empty icon={SearchX} title={t("admin.noMatch", { words })} actions={<Button onPress={() => setWords("")}>{t("admin.noMatch.clear")}</Button>}>
              {t("admin.noMatch.help")}
            </Empty>
          </div>
        ) : (
          <Rows page={page} rows={found} look={look} onOpen={mayEdit ? (id) => setOpen({ id }) : null} />
        )}
      </div>
      {open !== null && <KindSheet key={open.id ?? "new"} page={page} row={all.find((row) => row.id === open.id) ?? null} rows={all} look={look} onClose={() => setOpen(null)} />}
    </section>
  );
}

function Rows<K extends AdminKind>({ page, rows, look, onOpen }: { page: KindPage<K>; rows: readonly AdminRows[K][]; look: Look; onOpen: ((id: string) => void) | null }): ReactNode {
  const { t, format } = look;
  const [first] = page.columns;
  const [sorting, setSorting] = useState<{ column: string; direction: "ascending" | "descending" }>({ column: first?.id ?? "", direction: "ascending" });
  const by = page.columns.find((column) => column.id === sorting.column);
  const sorted = by === undefined ? rows : sort(rows, by, look, sorting.direction);
  const shares = page.columns.reduce((total, { width }) => total + ("share" in width ? width.share : 0), 0);
  return (
    <Table
      aria-label={t(`admin.${page.kind}`)}
      className="w-full table-fixed border-collapse text-control"
      sortDescriptor={sorting}
      onSortChange={({ column, direction }) => setSorting({ column: String(column), direction })}
      {...(onOpen === null ? {} : { onRowAction: (key) => onOpen(String(key)) })}
    >
      <TableHeader>
        {page.columns.map((column) => (
          <Column
            key={column.id}
            id={column.id}
            isRowHeader={column === first}
            allowsSorting
            // Fixed columns keep their width; the others share what is left.
            style={{ width: "rem" in column.width ? `${column.width.rem}rem` : `${(column.width.share / shares) * 100}%` }}
            className={cx("sticky top-0 z-10 h-[1.8125rem] bg-surface px-2 text-meta font-normal whitespace-nowrap text-ink-3 shadow-[inset_0_-1px_0_var(--line)] outline-offset-[-2px] first:pl-4 last:pr-4 data-hovered:text-ink", column.align === "right" ? "text-right" : "text-left")}
          >
            {({ sortDirection }) => (
              <span className={cx("flex items-center gap-1", column.align === "right" && "justify-end")}>
                <span className="truncate">{t(column.label)}</span>
                {sortDirection === "ascending" && <ChevronUp size={12} aria-hidden />}
                {sortDirection === "descending" && <ChevronDown size={12} aria-hidden />}
              </span>
            )}
          </Column>
        ))}
      </TableHeader>
      <TableBody>
        {sorted.map((row) => (
          <Row key={row.id} id={row.id} textValue={page.nameOf(row, look)} className={cx("h-[1.9375rem] border-b border-line outline-offset-[-2px]", onOpen !== null && "cursor-default data-hovered:bg-sunken data-pressed:bg-fill")}>
            {page.columns.map((column) => (
              <Cell key={column.id} className={cx("truncate px-2 outline-offset-[-2px] first:pl-4 last:pr-4", column === first ? "font-medium text-ink" : "text-ink-2", column.align === "right" && "text-right")}>
                {column.cell(row, look)}
              </Cell>
            ))}
          </Row>
        ))}
      </TableBody>
    </Table>
  );

  function sort(all: readonly AdminRows[K][], column: AdminColumn<AdminRows[K]>, words: Look, direction: "ascending" | "descending"): AdminRows[K][] {
    const sign = direction === "ascending" ? 1 : -1;
    return all.toSorted((a, b) => {
      const left = column.sort(a, words);
      const right = column.sort(b, words);
      return sign * (typeof left === "number" && typeof right === "number" ? left - right : format.compare(String(left), String(right)));
    });
  }
}
