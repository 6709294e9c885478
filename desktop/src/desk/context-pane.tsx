import { PanelRightClose, Pin, PinOff, UserRound } from "lucide-react";
import type { ReactNode } from "react";
import { useCustomer, useInteraction } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Avatar } from "../kit/avatar.tsx";
import { IconButton } from "../kit/button.tsx";
import { cx } from "../kit/classes.ts";
import { Empty } from "../kit/notice.tsx";
import { ReadFailed } from "../kit/read-failed.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { pinCustomer, setContextOpen, useUi } from "../shell/ui.ts";
import { readableAddress } from "./address.ts";
import { CustomerRecord } from "./customer-record.tsx";

/** Who the focused conversation is with, and it says so; pinned or searched, it holds another record. Below 1280 px a drawer. */
export function ContextPane(): ReactNode {
  const t = useT();
  const focusedId = useUi((s) => s.focusedId);
  const pinnedId = useUi((s) => s.pinnedCustomerId);
  const open = useUi((s) => s.contextOpen);
  const focused = useInteraction(focusedId);
  const customerId = pinnedId ?? focused?.customer.id ?? null;
  return (
    <aside
      aria-label={t("desk.customer.label")}
      data-region
      tabIndex={-1}
      className={cx(
        "flex w-[19.75rem] min-w-0 shrink-0 flex-col border-l border-line bg-surface outline-none",
        "max-wide:absolute max-wide:inset-y-0 max-wide:right-0 max-wide:z-20 max-wide:max-w-full max-wide:shadow-3",
        open ? "max-wide:animate-slide-in" : "max-wide:hidden",
      )}
    >
      {customerId === null ? focused === null ? <Nobody /> : <Stranger name={focused.customer.name} address={focused.customer.address} /> : <Known id={customerId} pinned={pinnedId !== null} />}
    </aside>
  );
}

function Head({ name, tools }: { name: string; tools?: ReactNode }): ReactNode {
  const t = useT();
  return (
    <header className="flex h-10 shrink-0 items-center gap-2.5 border-b border-line pr-2 pl-4">
      <Avatar name={name} size="xs" />
      <h2 className="min-w-0 grow truncate text-body font-semibold">{name}</h2>
      {tools}
      <span className="hidden max-wide:inline-flex">
        <IconButton icon={PanelRightClose} label={t("desk.customer.hide")} chord="O" onPress={() => setContextOpen(false)} />
      </span>
    </header>
  );
}

function Known({ id, pinned }: { id: string; pinned: boolean }): ReactNode {
  const t = useT();
  const caseNumber = useUi((s) => (pinned ? s.pinnedCase : null));
  const { data, error, isPending, refetch } = useCustomer(id);
  const shown = data !== undefined && data.id === id ? data : null;
  return (
    <>
      <Head name={shown?.name ?? t("everywhere.loading")} tools={<IconButton icon={pinned ? PinOff : Pin} label={t(pinned ? "desk.customer.unpin" : "desk.customer.pin")} onPress={() => pinCustomer(pinned ? null : id)} />} />
      {shown !== null && <CustomerRecord key={`${id} ${caseNumber}`} customer={shown} caseNumber={caseNumber} />}
      {shown === null && isPending && <Skeleton rows={5} className="p-4" />}
      {shown === null && <ReadFailed query={{ error, refetch }} className="m-4" />}
    </>
  );
}

function Stranger({ name, address }: { name: string; address: string }): ReactNode {
  const t = useT();
  const format = useFormat();
  return (
    <>
      <Head name={name} />
      <Empty icon={UserRound} title={t("desk.customer.unknown")}>
        {t("desk.customer.unknownExplain", { address: readableAddress(address, format) ?? name })}
      </Empty>
    </>
  );
}

function Nobody(): ReactNode {
  const t = useT();
  return (
    <Empty icon={UserRound} title={t("desk.customer.nobody")}>
      {t("desk.customer.nobodyExplain")}
    </Empty>
  );
}
