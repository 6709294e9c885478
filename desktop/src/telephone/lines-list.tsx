import { Combine, Link2 } from "lucide-react";
import type { ReactNode } from "react";
import { inWords, useMeetingOrder } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { toast } from "../kit/toast.tsx";
import { connectLines, ringingLine, useLines } from "../phone/phone.ts";
import type { Line } from "../phone/phone.ts";
import { LineCard } from "./line-card.tsx";
import { useNamed } from "./party.ts";

/** Every call here, in order of arrival; and, when two are up, what can be made of them. */
export function LinesList(): ReactNode {
  const t = useT();
  const lines = useLines();
  const up = lines.list.filter(({ state }) => state === "live");
  const [a, b] = up;
  const first = ringingLine(lines)?.id;
  return (
    <section aria-label={t("telephone.calls")} className="flex flex-col gap-2">
      {lines.list.map((line) => (
        <LineCard key={line.id} line={line} first={line.id === first} others={lines.list.length > 1} />
      ))}
      {a !== undefined && b !== undefined && up.length === 2 && <Together a={a} b={b} />}
    </section>
  );
}

function Together({ a, b }: { a: Line; b: Line }): ReactNode {
  const t = useT();
  const named = useNamed();
  const order = useMeetingOrder();
  const [nameA, nameB] = [named(a).name, named(b).name];
  // The consultation is the later one: the first party is handed over to it.
  const connect = async (): Promise<void> => {
    const done = await connectLines(a.id, b.id);
    if (done.ok) toast("good", t("telephone.transfer.done", { name: nameA, target: nameB }));
    else toast("alert", t("telephone.transfer.failed", { name: nameA, status: done.status }));
  };
  return (
    <div className="rounded-sheet border border-line bg-sunken p-3">
      <p className="text-meta text-ink-2">{t("telephone.act.connect.help", { a: nameA, b: nameB })}</p>
      <div className="mt-2 grid grid-cols-2 gap-2">
        <Button icon={Combine} className="h-11 rounded-card" isDisabled={order.isPending} onPress={() => order.mutate({ to: "together" }, { onError: (why) => toast("alert", inWords(why)) })}>
          {t("telephone.act.join")}
        </Button>
        <Button tone="primary" icon={Link2} className="h-11 rounded-card" onPress={() => void connect()}>
          {t("telephone.act.connect")}
        </Button>
      </div>
    </div>
  );
}
