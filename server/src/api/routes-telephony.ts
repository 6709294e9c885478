/** The company telephone system: what administrators write of it, new seats, and what each holder of an extension sees and sets. */
import { z } from "zod";
import type { FastifyReply, FastifyRequest } from "fastify";
import {
  CallerRule, CallRecord, DialNumber, DirectoryEntry, Extension, ExtensionChoices, ExtensionLive, MeetingRoom, MeetingRoomView, MyTelephone, NewSeat, PageGroup, PhoneProvisioning, RingGroup, SeatMade, SipRole, SpeedDial, TelephonyNow, TelephonySettings, VoicemailMessage,
} from "@tandem/protocol";
import { makeSeat, qrOf, renewPhone, type ConfigKind, type ConfigWritten, type Exchange, type ExchangeConfig, type ExtensionRow, type Provisioning } from "../exchange/exchange.ts";
import type { ApiApp, ApiOptions } from "./api.ts";
import { refuse } from "./guard.ts";
import { baseUrl } from "./public-url.ts";
import { sendRecording } from "./recording.ts";

const WRITE = ["administrator"] as const;
export const READ = ["administrator", "supervisor"] as const;
const Id = z.object({ id: z.string().max(64) });
/** `before`: calls that began before this instant (the last one shown). */
const Page = z.object({ before: z.coerce.number().int().min(0).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) });

/** The telephone system as the routes need it. */
export interface Telephony {
  config: ExchangeConfig;
  provisioning: Provisioning;
  exchange: Pick<Exchange, "history" | "liveCalls" | "parked" | "voicemails" | "voicemailsOfCustomer" | "voicemail" | "voicemailPath" | "voicemailCounts" | "markHeard" | "removeVoicemail" | "state" | "dial" | "meetings">;
  /** Messages are served from under this folder only. */
  voicemailDir: string;
  /** How many of its phones are registered. */
  devices(extensionId: string): number;
}

export function telephonyRoutes(app: ApiApp, options: ApiOptions): void {
  const { clock, directory, telephony } = options;
  const { config, exchange } = telephony;

  const written = (request: FastifyRequest, reply: FastifyReply, done: ConfigWritten): FastifyReply => (done.ok ? reply.send({ id: done.id }) : refuse(request, reply, done.code, done.field));

  function kind<B extends z.ZodType>(name: string, one: ConfigKind, body: B, view: z.ZodType, list: (forAdministrator: boolean) => unknown[], put: (id: string | null, body: z.infer<B>) => Promise<ConfigWritten>, remove = (id: string): Promise<ConfigWritten> => config.remove(one, id)): void {
    const path = `/api/telephony/${name}`;
    app.get(path, { config: { who: READ }, schema: { response: { 200: z.array(view) }, summary: `List ${name}` } }, async (request, reply) => reply.send(list(request.user!.roles.includes("administrator")) as never));
    app.post(path, { config: { who: WRITE }, schema: { body, response: { 200: Id }, summary: `Create (${name})` } }, async (request, reply) => written(request, reply, await put(null, request.body as z.infer<B>)));
    app.put(`${path}/:id`, { config: { who: WRITE }, schema: { params: Id, body, response: { 200: Id }, summary: `Change (${name})` } }, async (request, reply) => written(request, reply, await put(request.params.id, request.body as z.infer<B>)));
    app.delete(`${path}/:id`, { config: { who: WRITE }, schema: { params: Id, summary: `Delete (${name})` } }, async (request, reply) => {
      const done = await remove(request.params.id);
      return done.ok ? reply.code(204).send() : refuse(request, reply, done.code, done.field);
    });
  }

  const live = (row: ExtensionRow): z.infer<typeof ExtensionLive> => {
    const { doNotDisturb, forward } = config.choices(row.id);
    return { state: exchange.state(row.id), devices: telephony.devices(row.id), doNotDisturb, forwarded: forward.always !== null };
  };
  kind("extensions", "extension", Extension, Extension.and(Id).and(ExtensionLive), () => config.extensions().map((row) => ({ ...row, ...live(row) })), (id, body) => config.putExtension(id, body));
  kind("groups", "group", RingGroup, RingGroup.and(Id), () => config.groups(), (id, body) => config.putGroup(id, body));
  kind("rooms", "room", MeetingRoom, MeetingRoomView.and(Id), (forAdministrator) => (forAdministrator ? config.rooms() : config.rooms().map((room) => ({ ...room, pin: room.pin && "hidden", moderatorPin: room.moderatorPin && "hidden" }))), (id, body) => config.putRoom(id, body));
  kind("pages", "page", PageGroup, PageGroup.and(Id), () => config.pages(), (id, body) => config.putPage(id, body));
  kind("caller-rules", "caller-rule", CallerRule, CallerRule.and(Id), () => config.callerRules(), (id, body) => config.putCallerRule(id, body));
  kind("roles", "role", SipRole, SipRole.and(Id), () => config.roles(), (id, body) => config.putRole(id, body));

  app.get("/api/telephony/settings", { config: { who: READ }, schema: { response: { 200: TelephonySettings }, summary: "Settings of the telephone system" } }, async () => config.settings());
  app.put("/api/telephony/settings", { config: { who: WRITE }, schema: { body: TelephonySettings, response: { 200: Id }, summary: "Change the settings of the telephone system" } }, async (request, reply) => written(request, reply, await config.putSettings(request.body)));

  // Not for supervisors: the code of somebody's mailbox is in it.
  app.get("/api/telephony/extensions/:id/choices", { config: { who: WRITE }, schema: { params: Id, response: { 200: ExtensionChoices }, summary: "What the holder of an extension set" } }, async (request, reply) =>
    config.extension(request.params.id) ? reply.send(config.choices(request.params.id)) : refuse(request, reply, "not-found"),
  );
  app.put("/api/telephony/extensions/:id/choices", { config: { who: WRITE }, schema: { params: Id, body: ExtensionChoices, response: { 200: Id }, summary: "Set it for them" } }, async (request, reply) => written(request, reply, await config.setChoices(request.params.id, request.body)));

  // A new seat: person, extension and softphone in one form.
  const provisioned = (request: FastifyRequest, secret: string): { provisioningUrl: string; qrSvg: string } => {
    const provisioningUrl = `${baseUrl(request, { secure: options.secure, outside: options.sip(null).host })}/provision/${secret}`;
    return { provisioningUrl, qrSvg: qrOf(provisioningUrl) };
  };
  app.post("/api/telephony/seats", { config: { who: WRITE }, schema: { body: NewSeat, response: { 200: SeatMade }, summary: "A new seat: user, extension and softphone; passwords are shown once" } }, async (request, reply) => {
    const done = await makeSeat({ directory, ...telephony }, request.body);
    if (!done.ok) return refuse(request, reply, done.code, done.field);
    const { ok: _, secret, ...seat } = done;
    return reply.header("cache-control", "no-store").send({ ...seat, ...provisioned(request, secret) });
  });
  app.post("/api/telephony/phones/:id/provisioning", { config: { who: WRITE }, schema: { params: Id, response: { 200: PhoneProvisioning }, summary: "A fresh password for a phone, with the address and QR code that bring it there" } }, async (request, reply) => {
    const done = await renewPhone({ directory, ...telephony }, request.params.id);
    if (!done.ok) return refuse(request, reply, done.code, done.field);
    return reply.header("cache-control", "no-store").send({ account: done.account, phonePassword: done.password, ...provisioned(request, done.secret) });
  });

  app.get("/api/telephony/calls", { config: { who: READ }, schema: { querystring: Page.extend({ extensionId: z.string().max(64).optional() }), response: { 200: z.array(CallRecord) }, summary: "Call history of the house, newest first" } }, async ({ query }) =>
    exchange.history({ extensionId: query.extensionId ?? null, before: query.before ?? clock.now() + 1, limit: query.limit }),
  );
  app.get("/api/telephony/now", { config: { who: READ }, schema: { response: { 200: TelephonyNow }, summary: "Calls under way and parked" } }, async () => ({
    calls: exchange.liveCalls().map(({ id, startedAtMs, answeredAtMs, from, to, direction }) => ({ id, startedAtMs, answeredAtMs, fromNumber: from.number, fromName: from.name, toNumber: to.number, toName: to.name, direction })),
    parked: exchange.parked(),
  }));

  // Of the whole house; one's own are under /me.
  const ofTheHouse = (id: string): boolean => config.speedDial(id)?.userId === null;
  const notFound: ConfigWritten = { ok: false, code: "not-found" };
  kind(
    "speed-dials", "speed-dial", SpeedDial, SpeedDial.and(Id), () => config.speedDials(null),
    async (id, body) => (id !== null && !ofTheHouse(id) ? notFound : config.putSpeedDial(id, { ...body, userId: null })),
    async (id) => (ofTheHouse(id) ? config.remove("speed-dial", id) : notFound),
  );
  mine(app, options);
}

/** What a holder of an extension sees and sets. A user with several is told of the first by number. */
function mine(app: ApiApp, options: ApiOptions): void {
  const { clock, directory, log, telephony } = options;
  const { config, exchange } = telephony;
  const own = (request: FastifyRequest): ExtensionRow | null => config.extensionsOfUser(request.user!.id)[0] ?? null;

  app.get("/api/telephony/me/extension", { config: { who: "signed-in" }, schema: { response: { 200: MyTelephone }, summary: "My extension, and what to dial" } }, async (request) => {
    const extension = own(request);
    const { voicemailNumber, park, outsidePrefix, emergencyNumbers } = config.settings();
    return { extension, state: extension ? exchange.state(extension.id) : "offline", unheard: extension ? exchange.voicemailCounts(extension.id).fresh : 0, voicemailNumber, park, outsidePrefix, emergencyNumbers, parked: extension ? exchange.parked() : [] };
  });
  app.get("/api/telephony/me/choices", { config: { who: "signed-in" }, schema: { response: { 200: ExtensionChoices }, summary: "My forwards, do not disturb, voicemail" } }, async (request, reply) => {
    const extension = own(request);
    return extension ? reply.send(config.choices(extension.id)) : refuse(request, reply, "no-extension");
  });
  app.put("/api/telephony/me/choices", { config: { who: "signed-in" }, schema: { body: ExtensionChoices, response: { 200: ExtensionChoices }, summary: "Set them" } }, async (request, reply) => {
    const extension = own(request);
    if (!extension) return refuse(request, reply, "no-extension");
    const done = await config.setChoices(extension.id, request.body);
    return done.ok ? reply.send(config.choices(extension.id)) : refuse(request, reply, done.code, done.field);
  });

  app.post("/api/telephony/me/dial", { config: { who: "signed-in" }, schema: { body: DialNumber, summary: "Rings my own phones, then that number" } }, async (request, reply) => {
    const extension = own(request);
    if (!extension) return refuse(request, reply, "no-extension");
    return exchange.dial(extension.id, request.body.number, null) ? reply.code(204).send() : refuse(request, reply, "no-device");
  });
  app.get("/api/telephony/me/history", { config: { who: "signed-in" }, schema: { querystring: Page, response: { 200: z.array(CallRecord) }, summary: "My calls, newest first" } }, async (request, reply) => {
    const extension = own(request);
    if (!extension) return refuse(request, reply, "no-extension");
    return reply.send(await exchange.history({ extensionId: extension.id, before: request.query.before ?? clock.now() + 1, limit: request.query.limit }));
  });
  /** A message in one's own mailbox; anybody else's is as if it were not there. */
  const message = async (request: FastifyRequest, id: string): Promise<VoicemailMessage | null> => {
    const found = await exchange.voicemail(id);
    return found !== null && config.extensionsOfUser(request.user!.id).some((row) => row.id === found.extensionId) ? found : null;
  };
  app.get("/api/telephony/me/voicemails", { config: { who: "signed-in" }, schema: { response: { 200: z.array(VoicemailMessage) }, summary: "My voicemail" } }, async (request, reply) => {
    const extension = own(request);
    return extension ? reply.send(await exchange.voicemails(extension.id)) : refuse(request, reply, "no-extension");
  });
  app.get("/api/telephony/me/voicemails/:id/recording.wav", { config: { who: "signed-in" }, schema: { params: Id, summary: "Listen to a message of mine" } }, async (request, reply) => {
    const found = await message(request, request.params.id);
    const sent = found && (await sendRecording(request, reply, { path: exchange.voicemailPath(found.id), folder: telephony.voicemailDir, log }));
    return sent ? reply : refuse(request, reply, "no-recording");
  });
  app.post("/api/telephony/me/voicemails/:id/heard", { config: { who: "signed-in" }, schema: { params: Id, summary: "I have heard this message" } }, async (request, reply) => {
    const found = await message(request, request.params.id);
    if (!found) return refuse(request, reply, "not-found");
    await exchange.markHeard(found.id);
    return reply.code(204).send();
  });
  app.delete("/api/telephony/me/voicemails/:id", { config: { who: "signed-in" }, schema: { params: Id, summary: "Delete a message of mine" } }, async (request, reply) => {
    const found = await message(request, request.params.id);
    return found && (await exchange.removeVoicemail(found.id)) ? reply.code(204).send() : refuse(request, reply, "not-found");
  });

  app.get("/api/telephony/me/directory", { config: { who: "signed-in" }, schema: { response: { 200: z.array(DirectoryEntry) }, summary: "Who can be dialled inside, with their state" } }, async (request) => {
    const entries: DirectoryEntry[] = config
      .extensions()
      .filter((row) => row.listed)
      .map((row) => ({ id: row.id, name: (row.userId === null ? null : directory.user(row.userId)?.name) ?? row.label, number: row.number, kind: "extension", state: exchange.state(row.id) }));
    for (const { id, name, number } of config.groups()) entries.push({ id, name, number, kind: "group", state: null });
    for (const { id, name, number } of config.rooms()) entries.push({ id, name, number, kind: "room", state: null });
    for (const { id, name, number } of config.pages()) entries.push({ id, name, number, kind: "page", state: null });
    for (const { id, name, number } of [...config.speedDials(request.user!.id), ...config.speedDials(null)]) entries.push({ id, name, number, kind: "speed-dial", state: null });
    return entries;
  });

  app.get("/api/telephony/me/speed-dials", { config: { who: "signed-in" }, schema: { response: { 200: z.array(SpeedDial.and(Id)) }, summary: "My speed dials and those of the house" } }, async (request) => [...config.speedDials(request.user!.id), ...config.speedDials(null)]);
  app.post("/api/telephony/me/speed-dials", { config: { who: "signed-in" }, schema: { body: SpeedDial, response: { 200: Id }, summary: "A speed dial of mine" } }, async (request, reply) => {
    const done = await config.putSpeedDial(null, { ...request.body, userId: request.user!.id });
    return done.ok ? reply.send({ id: done.id }) : refuse(request, reply, done.code, done.field);
  });
  app.put("/api/telephony/me/speed-dials/:id", { config: { who: "signed-in" }, schema: { params: Id, body: SpeedDial, response: { 200: Id }, summary: "Change one of mine" } }, async (request, reply) => {
    if (config.speedDial(request.params.id)?.userId !== request.user!.id) return refuse(request, reply, "not-found");
    const done = await config.putSpeedDial(request.params.id, { ...request.body, userId: request.user!.id });
    return done.ok ? reply.send({ id: done.id }) : refuse(request, reply, done.code, done.field);
  });
  app.delete("/api/telephony/me/speed-dials/:id", { config: { who: "signed-in" }, schema: { params: Id, summary: "Remove one of mine" } }, async (request, reply) => {
    if (config.speedDial(request.params.id)?.userId !== request.user!.id) return refuse(request, reply, "not-found");
    const done = await config.remove("speed-dial", request.params.id);
    return done.ok ? reply.code(204).send() : refuse(request, reply, done.code, done.field);
  });
}
