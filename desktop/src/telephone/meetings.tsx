import type { MeetingLive } from "@tandem/protocol";
import { Lock, LockOpen, Mic, MicOff, UserX, Users, Volume2 } from "lucide-react";
import type { ReactNode } from "react";
import { inWords, useMeetingOrder, useMeetings } from "../data/data.ts";
import type { MeetingOrder } from "../data/data.ts";
import { useT } from "../i18n/i18n.ts";
import { Avatar } from "../kit/avatar.tsx";
import { Button, IconButton } from "../kit/button.tsx";
import { Chip } from "../kit/chip.tsx";
import { cx } from "../kit/classes.ts";
import { ConfirmPopover } from "../kit/confirm-popover.tsx";
import { toast } from "../kit/toast.tsx";

/** Rooms and three-way calls that I am in (supervisors: all of them): who is there, who speaks, whose microphone is on. */
export function MeetingList({ often }: { often: boolean }): ReactNode {
  const meetings = useMeetings(often).data ?? [];
  const order = useMeetingOrder();
  const give = (what: MeetingOrder): void => order.mutate(what, { onError: (why) => toast("alert", inWords(why)) });
  return meetings.map((meeting) => <Meeting key={meeting.id} meeting={meeting} give={give} />);
}

function Meeting({ meeting, give }: { meeting: MeetingLive; give: (order: MeetingOrder) => void }): ReactNode {
  const t = useT();
  const { id, name, members, locked, maySteer, ownRef } = meeting;
  const mine = ownRef !== null;
  const headingId = `meeting-${id}`;
  return (
    <section aria-labelledby={headingId} className={cx("rounded-sheet border p-3", mine ? "border-acc-line bg-raised" : "border-line bg-sunken")}>
      <div className="flex items-center gap-2">
        <Users size={15} aria-hidden className="text-ink-3" />
        <h3 id={headingId} className="min-w-0 grow truncate text-body font-semibold">
          {t("telephone.meeting", { name })}
        </h3>
        {locked && (
          <Chip tone="amber" icon={Lock}>
            {t("telephone.meeting.locked")}
          </Chip>
        )}
        <span className="shrink-0 text-meta text-ink-2">{t("telephone.meeting.members", { n: members.length })}</span>
      </div>
      <ul className="mt-2 flex flex-col">
        {/* In order of arrival: nobody jumps when they speak. */}
        {members.map((member) => {
          const own = member.ref === ownRef;
          const says = [own ? t("telephone.meeting.me") : "", member.moderator ? t("telephone.meeting.moderator") : "", member.muted ? t("telephone.meeting.muted") : ""].filter((word) => word !== "");
          return (
            <li key={member.ref} className="flex min-h-10 items-center gap-2.5">
              <span className={cx("rounded-full", member.speaking && "ring-2 ring-jade ring-offset-1 ring-offset-surface")}>
                <Avatar name={member.name} size="s" />
              </span>
              <span className="min-w-0 grow truncate text-body">
                {member.name}
                {says.length > 0 && <span className="ml-1.5 text-meta text-ink-2">{says.join(" · ")}</span>}
              </span>
              {member.speaking && (
                <span className="flex items-center gap-1 text-meta text-jade-ink">
                  <Volume2 size={13} aria-hidden />
                  <span className="sr-only">{t("telephone.meeting.speaking")}</span>
                </span>
              )}
              {(maySteer || own) && <IconButton size="l" icon={member.muted ? MicOff : Mic} label={t(member.muted ? "telephone.meeting.unmute" : "telephone.meeting.mute", { name: member.name })} onPress={() => give({ to: "mute", meetingId: id, ref: member.ref, muted: !member.muted })} />}
              {maySteer && !own && (
                <ConfirmPopover
                  trigger={<IconButton size="l" icon={UserX} label={t("telephone.meeting.kick", { name: member.name })} />}
                  question={t("telephone.meeting.kick.ask", { name: member.name })}
                  confirmLabel={t("telephone.meeting.kick", { name: member.name })}
                  onConfirm={() => give({ to: "remove", meetingId: id, ref: member.ref })}
                />
              )}
            </li>
          );
        })}
      </ul>
      {maySteer && (
        <div className="mt-2 grid grid-cols-2 gap-2">
          <Button className="h-9 rounded-card" icon={MicOff} onPress={() => give({ to: "mute-all", meetingId: id, muted: true })}>
            <span className="truncate">{t("telephone.meeting.muteAll")}</span>
          </Button>
          <Button className="h-9 rounded-card" icon={locked ? LockOpen : Lock} onPress={() => give({ to: "lock", meetingId: id, locked: !locked })}>
            {t(locked ? "telephone.meeting.unlock" : "telephone.meeting.lock")}
          </Button>
        </div>
      )}
    </section>
  );
}
