import type { CustomerView } from "@tandem/protocol";
import { PhoneForwarded } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { ReactNode } from "react";
import { useCustomerCallbacks, useMe, useNow } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { LinkLine } from "../promised/link-line.tsx";

// Not what an agent opens first: fetched when it is.
const BookSheet = lazy(async () => ({ default: (await import("../promised/book-sheet.tsx")).BookSheet }));

/** The calls that this customer was promised, and a button to promise one. */
export function PromisedToCustomer({ customer: { id, name, phones } }: { customer: CustomerView }): ReactNode {
  const t = useT();
  const format = useFormat();
  const { roles } = useMe();
  const now = useNow(30_000);
  const works = roles.includes("agent") || roles.includes("supervisor");
  const open = useCustomerCallbacks(works ? id : null).data ?? [];
  const [booking, setBooking] = useState(false);
  if (!works) return null;
  return (
    <>
      {open.length > 0 && (
        <ul aria-label={t("desk.customer.promised")} className="mt-2 flex flex-col gap-1.5">
          {open.map(({ id: callback, slot, queueName, link }) => (
            <li key={callback} className="text-meta text-ink-2">
              <p className="flex items-center gap-1.5">
                <PhoneForwarded size={13} aria-hidden className="shrink-0 text-acc" />
                <span>{t("desk.customer.promised.when", { when: slot === null ? t("promised.callback.turn") : t("promised.callback.slot", { day: format.day(slot.startMs), from: format.clock(slot.startMs), to: format.clock(slot.endMs) }), queue: queueName })}</span>
              </p>
              {link !== null && <LinkLine link={link} now={now} />}
            </li>
          ))}
        </ul>
      )}
      <div className="mt-2">
        <Button size="s" tone="soft" icon={PhoneForwarded} onPress={() => setBooking(true)}>
          {t("promised.book")}
        </Button>
      </div>
      {booking && (
        <Suspense fallback={null}>
          <BookSheet queueId={null} who={{ number: phones[0] ?? "", name, customerId: id }} onClose={() => setBooking(false)} />
        </Suspense>
      )}
    </>
  );
}
