/** Adding a step and connecting two, without a pointer. */
import type { StepKind } from "@tandem/protocol/flow/flow";
import { CircleSlash, Plus } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { useT } from "../../i18n/i18n.ts";
import { setView, useDesigner, useEditor, useView } from "../designer-context.ts";
import { kindGroups, kindIcons } from "../kinds.ts";
import type { KindGroup } from "../kinds.ts";
import { connect } from "../model/edit.ts";
import { walked } from "../model/layout.ts";
import { portsOf } from "../model/ports.ts";
import { portWords, subtitleOf, titleOf } from "../model/words.ts";
import { useNames } from "../use-names.ts";
import { insertKind } from "./kind-rail.tsx";
import { PickDialog } from "./pick-dialog.tsx";

export function AddDialog(): ReactNode {
  const t = useT();
  const designer = useDesigner();
  const adding = useView((v) => v.adding);
  if (adding === null) return null;
  const groups = Object.keys(kindGroups) as KindGroup[];
  return (
    <PickDialog
      label={t("flows.add")}
      placeholder={t("flows.add.search")}
      sections={groups.map((group) => ({ label: t(`flows.group.${group}`), picks: kindGroups[group].map((kind) => ({ id: kind, label: t(`flows.kind.${kind}`), hint: t(`flows.kindHelp.${kind}`), icon: kindIcons[kind] })) }))}
      onClose={() => setView(designer, { adding: null })}
      onPick={(kind) => {
        setView(designer, { adding: null });
        insertKind(designer, kind as StepKind, adding);
      }}
    />
  );
}

/** First which way, then where to. A step with one way only is asked the second question at once. */
export function ConnectDialog(): ReactNode {
  const connecting = useView((v) => v.connecting);
  return connecting === null ? null : <Connect key={connecting.id} id={connecting.id} />;
}

function Connect({ id }: { id: string }): ReactNode {
  const t = useT();
  const designer = useDesigner();
  const names = useNames();
  const language = useView((v) => v.language);
  const document = useEditor((s) => s.document);
  const step = document.steps[id];
  const ports = step === undefined ? [] : portsOf(step);
  const [port, setPort] = useState<string | null>(ports.length === 1 ? (ports[0]?.id ?? null) : null);
  const close = (): void => {
    setView(designer, { connecting: null });
    designer.canvas.show(id, true);
  };
  if (step === undefined) return null;
  const nameOf = (to: string | null): string => {
    const other = to === null ? undefined : document.steps[to];
    return other === undefined ? t("flows.way.open") : titleOf(other, t, names);
  };
  const title = titleOf(step, t, names);
  if (port === null)
    return (
      <PickDialog
        key="ways"
        label={t("flows.connect", { step: title })}
        placeholder={t("flows.connect.way")}
        sections={[{ label: t("flows.ways"), picks: ports.map((one) => ({ id: one.id, label: portWords(one, t, language), hint: nameOf(one.to) })) }]}
        onClose={close}
        onPick={setPort}
      />
    );
  return (
    <PickDialog
      key="targets"
      label={t("flows.connect", { step: title })}
      placeholder={t("flows.connect.to")}
      sections={[
        { label: t("flows.connect.new"), picks: [{ id: "+", label: t("flows.add"), icon: Plus }, { id: "-", label: t("flows.way.disconnect"), icon: CircleSlash }] },
        { label: t("flows.steps"), picks: walked(document).flatMap((other) => {
          const target = document.steps[other];
          return target === undefined ? [] : [{ id: other, label: titleOf(target, t, names), hint: subtitleOf(target, t, names), icon: kindIcons[target.kind] }];
        }) },
      ]}
      onClose={close}
      onPick={(to) => {
        if (to === "+") {
          setView(designer, { connecting: null, adding: { after: { id, port }, at: null } });
          return;
        }
        designer.editor.change(null, (now) => connect(now, id, port, to === "-" ? null : to));
        close();
      }}
    />
  );
}
