import { TrunkBody } from "@tandem/protocol";
import { Cable } from "lucide-react";
import type { ReactNode } from "react";
import { Group } from "../admin/fields.tsx";
import type { FormProps, KindPage, Look } from "../admin/kind-page.ts";
import { useNow } from "../data/data.ts";
import type { AdminRows } from "../data/data.ts";
import { NumberField, TextField } from "../kit/field.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { Select } from "../kit/select.tsx";
import { StGlyph } from "../kit/st-glyph.tsx";
import type { ShownState } from "../kit/st-glyph.tsx";
import { Switch } from "../kit/switch.tsx";
import { countries } from "./countries.ts";
import { Fold, LinesField } from "./fields.tsx";
import { DataHeaders, HeaderRules } from "./header-rules.tsx";

type Row = AdminRows["trunks"];
/** Missed is the desk's sign of trouble. */
const glyphs: Record<Row["live"]["state"], ShownState> = { off: "offline", unknown: "break", up: "available", down: "missed" };
const formats = ["e164", "international-00", "digits", "national"] as const;

export const trunksPage: KindPage<"trunks"> = {
  kind: "trunks",
  icon: Cable,
  schema: TrunkBody,
  wide: true,
  columns: [
    { id: "name", label: "admin.named", width: { share: 20 }, sort: (row) => row.name, cell: (row) => row.name },
    { id: "host", label: "admin.trunks.host", width: { share: 24 }, sort: (row) => row.host, cell: (row) => <span className="font-mono text-meta">{row.port === null ? row.host : `${row.host}:${row.port}`}</span> },
    { id: "transport", label: "admin.trunks.transport", width: { rem: 7 }, sort: (row) => row.transport, cell: (row, { t }) => (row.srtp === "off" ? row.transport.toUpperCase() : t("admin.trunks.transport.srtp", { transport: row.transport.toUpperCase() })) },
    { id: "way", label: "admin.trunks.way", width: { share: 18 }, sort: (row) => (row.registers ? 0 : 1), cell: (row, { t }) => t(row.registers ? "admin.trunks.way.registers" : "admin.trunks.way.address") },
    { id: "calls", label: "admin.trunks.calls", width: { rem: 6.5 }, align: "right", sort: (row) => row.live.calls, cell: (row) => `${row.live.calls} / ${row.maxCalls}` },
    { id: "state", label: "admin.trunks.state", width: { share: 30 }, sort: (row) => row.live.state, cell: (row, { t }) => <State row={row} words={t(`admin.trunks.state.${row.live.state}`)} /> },
  ],
  nameOf: (row) => row.name,
  searchText: (row) => [row.name, row.host, row.username, ...row.addresses].join(" "),
  blank: () => ({
    name: "", active: true, host: "", port: null, transport: "udp", registers: true, username: "", password: "", domain: "", addresses: [], region: "FR", numberFormat: "e164",
    callerNumber: { mode: "extension", number: null }, trusted: false, signs: false, srtp: "off", maxCalls: 30, keepAliveS: 60, headerRules: [], dataHeaders: [],
  }),
  errors: {
    name: "admin.error.named", host: "admin.error.trunks.host", port: "admin.error.trunks.port", username: "admin.error.trunks.username", password: "admin.error.trunks.password", domain: "admin.error.trunks.host",
    addresses: "admin.error.trunks.addresses", callerNumber: "admin.error.extensions.callerNumber", maxCalls: "admin.error.trunks.maxCalls", keepAliveS: "admin.error.trunks.keepAlive", headerRules: "admin.error.trunks.headerRules", dataHeaders: "admin.error.trunks.dataHeaders",
  },
  removal: (row, { t }) => ({ effect: t("admin.trunks.delete.effect", { n: row.live.calls }), blocked: null }),
  Form: TrunkForm,
};

function State({ row, words }: { row: Row; words: string }): ReactNode {
  return (
    <span className="flex items-center gap-1.5" title={row.live.why}>
      <StGlyph state={glyphs[row.live.state]} size={10} />
      <span className="truncate">{row.live.why === "" ? words : `${words} · ${row.live.why}`}</span>
    </span>
  );
}

function TrunkForm({ draft, set, error, row, look }: FormProps<"trunks">): ReactNode {
  const { t } = look;
  return (
    <>
      {row !== null && <LiveState row={row} look={look} />}
      <TextField label={t("admin.named")} hint={t("admin.trunks.name.hint")} error={error("name")} value={draft.name} onChange={(name) => set({ name })} />
      <div className="grid grid-cols-[1fr_6rem] items-start gap-3">
        <TextField mono label={t("admin.trunks.host")} hint={t("admin.trunks.host.hint")} error={error("host")} value={draft.host} onChange={(host) => set({ host: host.trim() })} autoComplete="off" />
        <TextField
          mono
          inputMode="numeric"
          label={t("admin.trunks.port")}
          placeholder={t("admin.trunks.port.auto")}
          error={error("port")}
          value={draft.port === null || Number.isNaN(draft.port) ? "" : String(draft.port)}
          onChange={(typed) => set({ port: typed.trim() === "" ? null : Number(typed) })}
        />
      </div>
      <div className="grid grid-cols-2 items-start gap-3">
        <Group label={t("admin.trunks.transport")}>
          <div>
            <Segmented label={t("admin.trunks.transport")} value={draft.transport} options={(["udp", "tcp", "tls"] as const).map((id) => ({ id, label: id.toUpperCase() }))} onChange={(transport) => set({ transport, ...(transport === "tls" || draft.srtp === "off" ? {} : { srtp: "off" as const }) })} />
          </div>
        </Group>
        <Group label={t("admin.trunks.state")}>
          <div className="flex h-7 items-center">
            <Switch isSelected={draft.active} onChange={(active) => set({ active })}>
              {t("admin.trunks.active")}
            </Switch>
          </div>
        </Group>
      </div>
      <Group label={t("admin.trunks.way")} hint={t(draft.registers ? "admin.trunks.way.registers.hint" : "admin.trunks.way.address.hint")}>
        <div>
          <Segmented label={t("admin.trunks.way")} value={draft.registers ? "registers" : "address"} options={[{ id: "registers", label: t("admin.trunks.way.registers") }, { id: "address", label: t("admin.trunks.way.address") }]} onChange={(way) => set({ registers: way === "registers" })} />
        </div>
        {draft.registers ? (
          <div className="grid grid-cols-2 items-start gap-3">
            <TextField mono label={t("admin.trunks.username")} error={error("username")} value={draft.username} onChange={(username) => set({ username })} autoComplete="off" />
            <TextField mono type="password" label={t("admin.trunks.password")} {...(row === null ? {} : { placeholder: t("admin.trunks.password.kept") })} error={error("password")} value={draft.password ?? ""} onChange={(password) => set({ password: password === "" && row !== null ? null : password })} autoComplete="new-password" />
          </div>
        ) : (
          <LinesField label={t("admin.trunks.addresses")} hint={t("admin.trunks.addresses.hint")} error={error("addresses")} lines={draft.addresses} onChange={(addresses) => set({ addresses })} rows={2} placeholder="203.0.113.10" />
        )}
      </Group>
      <Numbers draft={draft} set={set} error={error} row={row} look={look} />
      <Identity draft={draft} set={set} error={error} row={row} look={look} />
      <Fold label={t("admin.trunks.headers")} hint={t("admin.trunks.headers.count", { n: draft.headerRules.length + draft.dataHeaders.length })} wrong={error("headerRules") !== null || error("dataHeaders") !== null}>
        <HeaderRules rules={draft.headerRules} onChange={(headerRules) => set({ headerRules })} error={error("headerRules")} look={look} />
        <DataHeaders headers={draft.dataHeaders} onChange={(dataHeaders) => set({ dataHeaders })} error={error("dataHeaders")} look={look} />
      </Fold>
    </>
  );
}

/** How the operator writes numbers, and which one of ours it shows. */
function Numbers({ draft, set, error, look }: FormProps<"trunks">): ReactNode {
  const { t, language, format } = look;
  const { callerNumber } = draft;
  return (
    <Fold label={t("admin.trunks.numbers")} hint={t("admin.trunks.numbers.summary", { format: t(`admin.trunks.format.${draft.numberFormat}`), number: callerNumber.number === null ? t("admin.trunks.callerNumber.none") : format.phone(callerNumber.number) })} wrong={error("callerNumber") !== null}>
      <div className="grid grid-cols-2 items-start gap-3">
        <Select label={t("admin.trunks.format")} value={draft.numberFormat} options={formats.map((id) => ({ id, label: t(`admin.trunks.format.${id}`) }))} onChange={(numberFormat) => set({ numberFormat })} />
        <Select label={t("admin.region")} hint={t("admin.trunks.region.hint")} value={draft.region} options={countries(language, format.compare)} onChange={(region) => set({ region })} />
      </div>
      <Group label={t("admin.trunks.callerNumber")} hint={t(`admin.trunks.callerNumber.${callerNumber.mode}.hint`)}>
        <div>
          <Segmented label={t("admin.trunks.callerNumber")} value={callerNumber.mode} options={(["extension", "fixed"] as const).map((id) => ({ id, label: t(`admin.trunks.callerNumber.${id}`) }))} onChange={(mode) => set({ callerNumber: { ...callerNumber, mode } })} />
        </div>
        <TextField mono type="tel" label={t("admin.trunks.callerNumber.number")} error={error("callerNumber")} value={callerNumber.number ?? ""} onChange={(typed) => set({ callerNumber: { ...callerNumber, number: typed.trim() === "" ? null : typed.replace(/[\s.()-]/g, "") } })} placeholder="+33270000100" />
      </Group>
    </Fold>
  );
}

/** Encryption, who is believed, and how much. */
function Identity({ draft, set, error, look }: FormProps<"trunks">): ReactNode {
  const { t } = look;
  return (
    <Fold label={t("admin.trunks.security")} hint={t("admin.trunks.security.summary", { srtp: t(`admin.trunks.srtp.${draft.srtp}`).toLowerCase(), n: draft.maxCalls })} wrong={error("domain") !== null || error("maxCalls") !== null || error("keepAliveS") !== null || (!draft.registers && error("username") !== null)}>
      <Group label={t("admin.trunks.srtp")} hint={draft.transport === "tls" ? undefined : t("admin.trunks.srtp.tls")}>
        <div>
          <Segmented label={t("admin.trunks.srtp")} value={draft.srtp} options={(["off", "offered", "required"] as const).map((id) => ({ id, label: t(`admin.trunks.srtp.${id}`) }))} onChange={(srtp) => set({ srtp })} />
        </div>
      </Group>
      <div className="flex flex-col gap-1">
        <Switch isSelected={draft.trusted} onChange={(trusted) => set({ trusted })}>
          {t("admin.trunks.trusted")}
        </Switch>
        <p className="pl-9 text-meta text-ink-3">{t("admin.trunks.trusted.hint")}</p>
        <Switch isSelected={draft.signs} onChange={(signs) => set({ signs })}>
          {t("admin.trunks.signs")}
        </Switch>
        <p className="pl-9 text-meta text-ink-3">{t("admin.trunks.signs.hint")}</p>
      </div>
      <div className="grid grid-cols-2 items-start gap-3">
        <NumberField label={t("admin.trunks.maxCalls")} error={error("maxCalls")} minValue={1} maxValue={10_000} value={draft.maxCalls} onChange={(maxCalls) => set({ maxCalls })} />
        <NumberField label={t("admin.trunks.keepAlive")} hint={t("admin.trunks.keepAlive.hint")} unit={t("admin.seconds")} error={error("keepAliveS")} minValue={0} maxValue={3_600} value={draft.keepAliveS} onChange={(keepAliveS) => set({ keepAliveS })} />
      </div>
      <TextField mono label={t("admin.trunks.domain")} hint={t("admin.trunks.domain.hint")} error={error("domain")} value={draft.domain} onChange={(domain) => set({ domain: domain.trim() })} autoComplete="off" />
      {draft.registers && <LinesField label={t("admin.trunks.addresses")} hint={t("admin.trunks.addresses.hint")} error={error("addresses")} lines={draft.addresses} onChange={(addresses) => set({ addresses })} rows={2} />}
    </Fold>
  );
}

function LiveState({ row, look: { t, format } }: { row: Row; look: Look }): ReactNode {
  const now = useNow(60_000);
  return (
    <div className="flex items-center gap-2.5 rounded-card bg-sunken px-3 py-2 text-control">
      <StGlyph state={glyphs[row.live.state]} />
      <span className="min-w-0 grow">
        <span className="font-medium">{t(`admin.trunks.state.${row.live.state}`)}</span>
        {row.live.why !== "" && <span className="text-ink-2"> · {row.live.why}</span>}
      </span>
      <span className="text-meta text-ink-3">{t("admin.trunks.since", { when: format.when(row.live.sinceMs, now) })}</span>
    </div>
  );
}
