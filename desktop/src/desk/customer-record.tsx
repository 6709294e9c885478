import type { CustomerView } from "@tandem/protocol";
import { MapPin, Package, Pencil } from "lucide-react";
import { Fragment, useState } from "react";
import type { ReactNode } from "react";
import { useCases, useNow } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Chip } from "../kit/chip.tsx";
import { Empty } from "../kit/notice.tsx";
import { Tabs } from "../kit/tabs.tsx";
import { CaseLines } from "./case-lines.tsx";
import { CaseList } from "./case-list.tsx";
import { customerFacts } from "./customer-facts.ts";
import { CustomerForm } from "./customer-form.tsx";
import { PromisedToCustomer } from "./promised-customer.tsx";
import { OrderCard } from "./order-card.tsx";
import { Timeline } from "./timeline.tsx";

/** `caseNumber`: the case at which it opens. */
export function CustomerRecord({ customer, caseNumber }: { customer: CustomerView; caseNumber: string | null }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const [tab, setTab] = useState<"overview" | "orders" | "cases">(caseNumber === null ? "overview" : "cases");
  const [editing, setEditing] = useState(false);
  const cases = useCases(customer.id);
  const [openedCase, setOpenedCase] = useState(caseNumber);
  const facts = customerFacts(customer, now);
  if (editing) return <CustomerForm customer={customer} onDone={() => setEditing(false)} />;
  return (
    <>
      <dl className="grid shrink-0 grid-cols-[5fr_6.4fr_5fr] px-4 py-3">
        <Fact label={t("desk.customer.orders", { n: facts.orders })} value={format.number(facts.orders)} />
        <Fact label={t("desk.customer.spent")} value={facts.spent === null ? "—" : format.money(facts.spent.cents, facts.spent.currency).replace(/[.,]00(?=\D|$)/, "")} />
        <Fact label={t("desk.customer.rating")} value={facts.rating === null ? "—" : `${format.number(facts.rating, 1)}/5`} />
      </dl>
      <Tabs
        className="grow border-t border-line"
        label={t("desk.customer.label")}
        value={tab}
        onChange={setTab}
        tabs={[
          { id: "overview", label: t("desk.customer.overview"), panel: (
              <>
                <CaseLines
                  cases={cases.data ?? []}
                  onOpen={(number) => {
                    setOpenedCase(number);
                    setTab("cases");
                  }}
                />
                <Overview customer={customer} onEdit={() => setEditing(true)} />
              </>
            ) },
          { id: "orders", label: t("desk.customer.ordersTab"), count: customer.orders.length, panel: <Orders customer={customer} /> },
          { id: "cases", label: t("desk.customer.casesTab"), ...(cases.data && { count: cases.data.length }), panel: <CaseList customerId={customer.id} cases={cases} opened={openedCase} onOpen={setOpenedCase} /> },
        ]}
      />
      <footer className="flex h-[2.375rem] shrink-0 items-center gap-2 border-t border-line px-4 text-meta text-ink-2">
        <MapPin size={14} aria-hidden className="text-ink-3" />
        <span className="grow truncate">{[customer.city, t("desk.customer.since", { year: format.year(customer.sinceMs) })].filter((part) => part !== null).join(" · ")}</span>
        {customer.tier !== null && <Chip tone="amber">{customer.tier}</Chip>}
      </footer>
    </>
  );
}

function Fact({ label, value }: { label: string; value: string }): ReactNode {
  return (
    <div className="flex flex-col-reverse justify-end">
      <dt className="truncate text-meta text-ink-2">{label}</dt>
      <dd className="text-body font-semibold">{value}</dd>
    </div>
  );
}

function Overview({ customer, onEdit }: { customer: CustomerView; onEdit: () => void }): ReactNode {
  const t = useT();
  const format = useFormat();
  const latest = customer.orders.toSorted((a, b) => b.atMs - a.atMs)[0];
  const reach = [...customer.phones.map((phone) => format.phone(phone)), ...customer.emails];
  return (
    <>
      {latest !== undefined && (
        <div className="border-b border-line px-4 py-3">
          <OrderCard order={latest} />
        </div>
      )}
      <section className="border-b border-line px-4 py-3">
        <div className="flex items-center">
          <h3 className="grow text-meta font-medium text-ink-2">{t("desk.customer.about")}</h3>
          <Button size="s" tone="ghost" icon={Pencil} onPress={onEdit}>
            {t("everywhere.edit")}
          </Button>
        </div>
        {customer.notes === "" ? <p className="text-body text-ink-3">{t("desk.customer.noNotes")}</p> : <p className="text-body whitespace-pre-wrap">{customer.notes}</p>}
        {customer.fields.length > 0 && (
          <>
            <h4 className="mt-2 text-meta font-medium text-ink-2">{t("desk.customer.fields")}</h4>
            <dl className="mt-0.5 grid grid-cols-[auto_1fr] gap-x-3 text-meta">
              {customer.fields.map(({ field, value }) => (
                <Fragment key={field}>
                  <dt className="text-ink-3">{field}</dt>
                  <dd className="[overflow-wrap:anywhere]">{value}</dd>
                </Fragment>
              ))}
            </dl>
          </>
        )}
        {reach.length > 0 && <p className="mt-1.5 text-meta [overflow-wrap:anywhere] text-ink-2">{reach.join(" · ")}</p>}
        <PromisedToCustomer customer={customer} />
      </section>
      <section className="px-4 py-3">
        <h3 className="mb-2 text-meta font-medium text-ink-2">{t("desk.customer.timeline")}</h3>
        <Timeline entries={customer.timeline} />
      </section>
    </>
  );
}

function Orders({ customer }: { customer: CustomerView }): ReactNode {
  const t = useT();
  if (customer.orders.length === 0)
    return (
      <Empty icon={Package} title={t("desk.customer.noOrders")}>
        {t("desk.customer.noOrdersExplain")}
      </Empty>
    );
  return (
    <ul>
      {customer.orders
        .toSorted((a, b) => b.atMs - a.atMs)
        .map((order) => (
          <li key={order.number} className="border-b border-line px-4 py-3">
            <OrderCard order={order} />
          </li>
        ))}
    </ul>
  );
}
