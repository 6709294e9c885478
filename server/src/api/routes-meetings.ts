/** Meetings under way, for whoever takes part in them and for supervisors: who is there, microphones, the door. */
import { z } from "zod";
import type { FastifyReply, FastifyRequest } from "fastify";
import { MeetingLive } from "@tandem/protocol";
import type { Meeting } from "../exchange/exchange.ts";
import type { ApiApp, ApiOptions } from "./api.ts";
import { refuse } from "./guard.ts";
import { READ } from "./routes-telephony.ts";

const Id = z.object({ id: z.string().max(64) });
const Ref = Id.extend({ ref: z.string().max(64) });
const Muted = z.object({ muted: z.boolean() });
const Locked = z.object({ locked: z.boolean() });

export function meetingRoutes(app: ApiApp, options: ApiOptions): void {
  const { config, exchange } = options.telephony;
  const { meetings } = exchange;
  const oversees = (request: FastifyRequest): boolean => READ.some((role) => request.user!.roles.includes(role));
  const maySteer = (request: FastifyRequest, meeting: Meeting): boolean => oversees(request) || meeting.isModerator(request.user!.id);

  /** Does what was asked when the caller may; a meeting that is none of theirs is as if it were not there. */
  function steer(request: FastifyRequest, reply: FastifyReply, id: string, may: (meeting: Meeting) => boolean, act: (meeting: Meeting) => boolean): FastifyReply {
    const meeting = meetings.meeting(id);
    if (!meeting || !(oversees(request) || meeting.refOf(request.user!.id) !== null)) return refuse(request, reply, "not-found");
    if (!may(meeting)) return refuse(request, reply, "not-allowed");
    return act(meeting) ? reply.code(204).send() : refuse(request, reply, "not-found");
  }
  const done = (act: (meeting: Meeting) => void) => (meeting: Meeting): true => {
    act(meeting);
    return true;
  };

  app.get("/api/telephony/meetings", { config: { who: "signed-in" }, schema: { response: { 200: z.array(MeetingLive) }, summary: "Meetings under way: mine, or all for supervisors" } }, async (request) =>
    meetings.views().flatMap((view) => {
      const meeting = meetings.meeting(view.id);
      const ownRef = meeting?.refOf(request.user!.id) ?? null;
      return meeting && (ownRef !== null || oversees(request)) ? [{ ...view, ownRef, maySteer: maySteer(request, meeting) }] : [];
    }),
  );
  app.post("/api/telephony/meetings/:id/lock", { config: { who: "signed-in" }, schema: { params: Id, body: Locked, summary: "Nobody further may enter, or they may again" } }, async (request, reply) =>
    steer(request, reply, request.params.id, (meeting) => maySteer(request, meeting), done((meeting) => meeting.lock(request.body.locked))));
  app.post("/api/telephony/meetings/:id/mute", { config: { who: "signed-in" }, schema: { params: Id, body: Muted, summary: "Everybody's microphone but those of moderators" } }, async (request, reply) =>
    steer(request, reply, request.params.id, (meeting) => maySteer(request, meeting), done((meeting) => meeting.muteAll(request.body.muted))));
  app.post("/api/telephony/meetings/:id/members/:ref/mute", { config: { who: "signed-in" }, schema: { params: Ref, body: Muted, summary: "One microphone: mine, or anybody's for moderators" } }, async (request, reply) =>
    steer(request, reply, request.params.id, (meeting) => maySteer(request, meeting) || meeting.refOf(request.user!.id) === request.params.ref, (meeting) => meeting.mute(request.params.ref, request.body.muted)));
  app.delete("/api/telephony/meetings/:id/members/:ref", { config: { who: "signed-in" }, schema: { params: Ref, summary: "Removes somebody from a meeting" } }, async (request, reply) =>
    steer(request, reply, request.params.id, (meeting) => maySteer(request, meeting), (meeting) => meeting.kick(request.params.ref)));

  app.post("/api/telephony/me/conference", { config: { who: "signed-in" }, schema: { summary: "Puts my calls together: everybody hears everybody" } }, async (request, reply) => {
    const mine = config.extensionsOfUser(request.user!.id);
    if (mine.length === 0) return refuse(request, reply, "no-extension");
    return mine.some((extension) => meetings.merge(extension)) ? reply.code(204).send() : refuse(request, reply, "no-calls");
  });
}
