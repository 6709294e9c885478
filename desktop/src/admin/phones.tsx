import { AdminPhone } from "@tandem/protocol";
import { Phone } from "lucide-react";
import type { ReactNode } from "react";
import { useAdminList, useSipSettings } from "../data/data.ts";
import type { AdminRows } from "../data/data.ts";
import { TextField } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import { StGlyph } from "../kit/st-glyph.tsx";
import { ProvisionAgain } from "../telephony/softphone-card.tsx";
import { Group } from "./fields.tsx";
import type { FormProps, KindPage, Look } from "./kind-page.ts";

/** The choice "rings for nobody" in a list whose values are ids. */
const NOBODY = "-";

const userOf = (row: { userId: string | null }, { users, t }: Look): string => users.find((user) => user.id === row.userId)?.name ?? t("admin.phones.user.none");

export const phonesPage: KindPage<"phones"> = {
  kind: "phones",
  icon: Phone,
  schema: AdminPhone,
  password: { effect: "admin.phones.password.effect" },
  columns: [
    { id: "account", label: "admin.phones.account", width: { share: 18 }, sort: (phone) => phone.account, cell: (phone) => <span className="font-mono text-meta">{phone.account}</span> },
    { id: "label", label: "admin.phones.labelled", width: { share: 28 }, sort: (phone) => phone.label, cell: (phone) => phone.label },
    { id: "user", label: "admin.phones.user", width: { share: 20 }, sort: (phone, look) => userOf(phone, look), cell: (phone, look) => userOf(phone, look) },
    {
      id: "registered", label: "admin.phones.registered", width: { share: 34 }, sort: (phone) => -phone.registered.length,
      cell: (phone, { t }) => (
        <span className="flex items-center gap-1.5">
          <StGlyph state={phone.registered.length > 0 ? "available" : "offline"} size={10} />
          <span className="truncate">{phone.registered[0]?.userAgent ?? t("admin.phones.registered.no")}</span>
        </span>
      ),
    },
  ],
  nameOf: (phone) => phone.account,
  searchText: (phone, look) => [phone.account, phone.label, userOf(phone, look), ...phone.registered.map((r) => r.userAgent)].join(" "),
  blank: () => ({ account: "", label: "", userId: null }),
  errors: { account: "admin.error.phones.account", label: "admin.error.phones.labelled" },
  removal: (_, { t }) => ({ effect: t("admin.phones.delete.effect"), blocked: null }),
  Form: PhoneForm,
  More: ProvisionAgain,
};

function PhoneForm({ draft, set, error, row, look }: FormProps<"phones">): ReactNode {
  const { t, users } = look;
  const people = users.toSorted((a, b) => look.format.compare(a.name, b.name));
  return (
    <>
      <TextField mono label={t("admin.phones.account")} hint={t(row === null ? "admin.phones.account.hint" : "admin.phones.account.fixed")} error={error("account")} value={draft.account} isReadOnly={row !== null} onChange={(account) => set({ account })} autoComplete="off" />
      <TextField label={t("admin.phones.labelled")} hint={t("admin.phones.labelled.hint")} error={error("label")} value={draft.label} onChange={(label) => set({ label })} />
      <Select
        label={t("admin.phones.user")}
        value={draft.userId ?? NOBODY}
        options={[{ id: NOBODY, label: t("admin.phones.user.none") }, ...people.map((user) => ({ id: user.id, label: user.name }))]}
        onChange={(id) => set({ userId: id === NOBODY ? null : id })}
      />
      {row !== null && <Registered id={row.id} look={look} />}
      <Lines account={draft.account} look={look} />
    </>
  );
}

/** Followed live while the sheet is open: typing the lines into a phone shows here within seconds. */
function Registered({ id, look: { t, format } }: { id: string; look: Look }): ReactNode {
  const phone: AdminRows["phones"] | undefined = useAdminList("phones").data?.find((row) => row.id === id);
  const registered = phone?.registered ?? [];
  return (
    <Group label={t("admin.phones.registered")}>
      {registered.length === 0 ? (
        <p className="text-meta text-ink-2">{t("admin.phones.registered.help")}</p>
      ) : (
        <ul className="flex flex-col gap-1.5">
          {registered.map(({ contact, userAgent, expiresAtMs }) => (
            <li key={contact} className="flex items-start gap-2 rounded-card bg-sunken px-2.5 py-1.5">
              <span className="pt-1">
                <StGlyph state="available" size={10} />
              </span>
              <span className="min-w-0 grow">
                <span className="block truncate text-control">{userAgent}</span>
                <span className="block truncate font-mono text-meta text-ink-3">{contact}</span>
              </span>
              <span className="text-meta text-ink-3">{t("admin.phones.registered.until", { time: format.clock(expiresAtMs) })}</span>
            </li>
          ))}
        </ul>
      )}
    </Group>
  );
}

function Lines({ account, look: { t } }: { account: string; look: Look }): ReactNode {
  const sip = useSipSettings().data ?? null;
  const unknown = t("admin.phones.lines.unknown");
  const lines: [string, string, boolean][] = [
    [t("admin.phones.lines.user"), account === "" ? "—" : account, true],
    [t("admin.phones.lines.password"), t("admin.phones.lines.passwordHidden"), false],
    [t("admin.phones.lines.domain"), sip?.domain ?? unknown, sip !== null],
    [t("admin.phones.lines.server"), sip === null ? unknown : `${sip.host}:${sip.port}`, sip !== null],
    [t("admin.phones.lines.transport"), t("admin.phones.lines.transportValue"), false],
  ];
  return (
    <Group label={t("admin.phones.lines")}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 rounded-card border border-line px-3 py-2.5 text-control">
        {lines.map(([label, value, exact]) => (
          <div key={label} className="contents">
            <dt className="text-ink-2">{label}</dt>
            <dd className={exact ? "font-mono text-meta break-all select-all" : "text-ink-2"}>{value}</dd>
          </div>
        ))}
      </dl>
    </Group>
  );
}
