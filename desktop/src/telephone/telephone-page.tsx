import { BellOff, CircleAlert, Forward, MicOff, ParkingSquare, Phone, PhoneOff } from "lucide-react";
import { useState, useSyncExternalStore } from "react";
import type { ReactNode } from "react";
import { useMyChoices, useMyTelephone } from "../data/data.ts";
import { useFormat, useT } from "../i18n/i18n.ts";
import { Button } from "../kit/button.tsx";
import { Empty, Notice } from "../kit/notice.tsx";
import { NotRead } from "../kit/not-read.tsx";
import { Tabs } from "../kit/tabs.tsx";
import type { TabEntry } from "../kit/tabs.tsx";
import { allowMicrophone, clearFailure, dial, useLines, usePhone } from "../phone/phone.ts";
import { Sheet } from "../shell/sheet.tsx";
import { DialPad } from "./dial-pad.tsx";
import { Directory } from "./directory.tsx";
import { History } from "./history.tsx";
import { LinesList } from "./lines-list.tsx";
import { MeetingList } from "./meetings.tsx";
import { MyChoices } from "./my-choices.tsx";
import { useNamed } from "./party.ts";
import { StateMark } from "./state-mark.tsx";
import { Voicemails } from "./voicemails.tsx";

type Mine = NonNullable<ReturnType<typeof useMyTelephone>["data"]>;
type Tab = "pad" | "history" | "directory" | "voicemail" | "choices";

/** One column on a telephone; keypad and lists beside each other; with room, the settings too. */
type Room = "one" | "two" | "three";
const queries = [["three", "(min-width: 80rem)"], ["two", "(min-width: 48rem)"]] as const;
function useRoom(): Room {
  return useSyncExternalStore(
    (listener) => {
      const lists = queries.map(([, query]) => matchMedia(query));
      for (const list of lists) list.addEventListener("change", listener);
      return () => {
        for (const list of lists) list.removeEventListener("change", listener);
      };
    },
    () => queries.find(([, query]) => matchMedia(query).matches)?.[0] ?? "one",
  );
}

/** The telephone of whoever has an extension: calls, keypad, history, directory, messages, settings. */
export function TelephonePage(): ReactNode {
  const t = useT();
  const mine = useMyTelephone(true);
  return (
    <Sheet label={t("telephone.title")} className="max-stack:mx-2">
      {mine.data === undefined ? (
        <NotRead query={mine} rows={8} />
      ) : mine.data.extension === null ? (
        <div className="pt-[12vh]">
          <Empty icon={PhoneOff} title={t("telephone.none")}>
            {t("telephone.none.help")}
          </Empty>
        </div>
      ) : (
        <Telephone mine={mine.data} number={mine.data.extension.number} />
      )}
    </Sheet>
  );
}

function Telephone({ mine, number }: { mine: Mine; number: string }): ReactNode {
  const t = useT();
  const room = useRoom();
  const [tab, setTab] = useState<Tab>("history");
  const tabs: TabEntry<Tab>[] = [
    ...(room === "one" ? [{ id: "pad" as const, label: t("telephone.pad"), panel: <div className="p-4"><DialPad /></div> }] : []),
    { id: "history", label: t("telephone.history"), panel: <History mine={number} /> },
    { id: "directory", label: t("telephone.directory"), panel: <Directory mine={number} /> },
    { id: "voicemail", label: t("telephone.voicemail"), ...(mine.unheard > 0 ? { count: mine.unheard } : {}), panel: <Voicemails number={mine.voicemailNumber} /> },
    ...(room === "three" ? [] : [{ id: "choices" as const, label: t("telephone.choices"), panel: <MyChoices /> }]),
  ];
  const shown = tabs.some(({ id }) => id === tab) ? tab : "history";
  const lists = <Tabs label={t("telephone.title")} tabs={tabs} value={shown} onChange={setTab} className="min-w-0 grow" />;
  if (room === "one")
    return (
      <div className="flex min-h-0 grow flex-col">
        <div className="flex max-h-[70%] shrink-0 flex-col gap-3 overflow-auto px-4 pt-3 pb-2">
          <Head mine={mine} number={number} />
          <Now mine={mine} />
        </div>
        {lists}
      </div>
    );
  return (
    <div className="flex min-h-0 grow">
      <section aria-label={t("telephone.pad")} data-region className="flex w-[22rem] shrink-0 flex-col gap-3 overflow-auto border-r border-line px-4 py-3">
        <Head mine={mine} number={number} />
        <Now mine={mine} />
        <div className="pt-1">
          <DialPad />
        </div>
      </section>
      {lists}
      {room === "three" && (
        <section aria-labelledby="telephone-choices" data-region className="w-[21rem] shrink-0 overflow-auto border-l border-line">
          <h2 id="telephone-choices" className="flex h-9 items-center border-b border-line px-4 text-control font-medium">
            {t("telephone.choices")}
          </h2>
          <MyChoices />
        </section>
      )}
    </div>
  );
}

function Head({ mine, number }: { mine: Mine; number: string }): ReactNode {
  const t = useT();
  return (
    <div className="flex items-baseline gap-3">
      <h2 className="grow text-head font-semibold">{t("telephone.mine", { number })}</h2>
      <StateMark state={mine.state} />
    </div>
  );
}

/** What is going on, and what stands in the way of calls. */
function Now({ mine }: { mine: Mine }): ReactNode {
  const t = useT();
  const format = useFormat();
  const named = useNamed();
  const { list, failed } = useLines();
  const { registration, mic } = usePhone();
  const choices = useMyChoices().data;
  return (
    <>
      {registration !== "registered" && (
        <Notice tone={registration === "connecting" ? "info" : "alert"} icon={PhoneOff}>
          {t(`telephone.off.${registration}`)}
        </Notice>
      )}
      {registration === "registered" && mic !== "granted" && mic !== "lost" && list.length === 0 && (
        <Notice tone={mic === "unknown" ? "watch" : "alert"} icon={MicOff} actions={mic === "insecure" ? undefined : <Button onPress={() => void allowMicrophone()}>{t("shell.health.allow")}</Button>}>
          {mic === "unknown" ? t("telephone.mic.ask") : t(`shell.health.mic.${mic}`)}
        </Notice>
      )}
      {list.length > 0 && <LinesList />}
      <MeetingList often={list.length > 0} />
      {failed !== null && list.length === 0 && (
        <Notice tone="watch" icon={CircleAlert} actions={<><Button icon={Phone} onPress={() => dial(failed.number)}>{t("telephone.pad.redial", { number: format.phone(failed.number) })}</Button><Button tone="ghost" onPress={clearFailure}>{t("everywhere.close")}</Button></>}>
          {t(`telephone.failed.${failed.why}`, { name: named({ name: "", number: failed.number }).name })}
        </Notice>
      )}
      {choices?.doNotDisturb === true && (
        <Notice tone="watch" icon={BellOff} role="note">
          {t("telephone.choices.dndOn")}
        </Notice>
      )}
      {choices !== undefined && choices.forward.always !== null && (
        <Notice tone="watch" icon={Forward} role="note">
          {t("telephone.choices.forwarded")}
        </Notice>
      )}
      {mine.parked.length > 0 && (
        <section aria-labelledby="telephone-parked">
          <h3 id="telephone-parked" className="mb-1 text-meta font-medium text-ink-3">
            {t("telephone.parked")}
          </h3>
          <ul className="flex flex-col gap-1">
            {mine.parked.map((call) => {
              const { name } = named(call);
              return (
                <li key={call.slot}>
                  <Button className="h-9 w-full justify-start rounded-card" icon={ParkingSquare} onPress={() => dial(call.slot, name)}>
                    <span className="min-w-0 grow truncate text-left">{name}</span>
                    <span className="text-meta font-normal text-ink-2">{t("telephone.parked.slot", { slot: call.slot })}</span>
                    <span className="sr-only"> – {t("telephone.parked.take", { name, slot: call.slot })}</span>
                  </Button>
                </li>
              );
            })}
          </ul>
        </section>
      )}
    </>
  );
}
