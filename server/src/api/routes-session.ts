import { z } from "zod";
import { BrowserPhone, SessionView, SetLanguage, SetWish, SignIn } from "@tandem/protocol";
import { verifyPassword } from "../directory/directory.ts";
import type { ApiApp, ApiOptions } from "./api.ts";
import { clientNetwork, COOKIE, refuse } from "./guard.ts";
import { Throttle, type Limit } from "./throttle.ts";
import { userView } from "./views.ts";

const AGENT = ["agent"] as const;
/** Attack: guessing one password. Per login and address, so that a stranger elsewhere cannot lock somebody out ... */
const SAME_PLACE: Limit = { max: 8, windowMs: 60_000 };
/** ... and per login over all addresses, for guessing from many. */
const SAME_LOGIN: Limit = { max: 60, windowMs: 60_000 };
/** Attack: one password tried on many logins; each try also costs us 64 MiB and a tenth of a second (scrypt). */
const SAME_ADDRESS: Limit = { max: 30, windowMs: 60_000 };

export function sessionRoutes(app: ApiApp, options: ApiOptions): void {
  const { centre, clock, directory, sessions, browserPhones } = options;
  const throttle = new Throttle();
  const sessionView = (user: Parameters<typeof userView>[0]): z.infer<typeof SessionView> => ({ user: userView(user), centreName: options.centreName, mainNumber: options.mainNumber() });
  const cookie = { path: "/", httpOnly: true, sameSite: "strict", secure: options.secure } as const;

  app.post("/api/session", { config: { who: "anyone" }, schema: { body: SignIn, response: { 200: SessionView }, summary: "Sign in" } }, async (request, reply) => {
    const login = request.body.login.toLowerCase();
    const address = clientNetwork(request.socket.remoteAddress, request.headers);
    const keys = [[`at ${address} ${login}`, SAME_PLACE], [`login ${login}`, SAME_LOGIN], ...(address === null ? [] : [[`address ${address}`, SAME_ADDRESS] as const])] as const;
    if (!throttle.take(keys, clock.now())) return refuse(request, reply, "too-many");
    const found = await directory.userByLogin(login);
    if (!(await verifyPassword(request.body.password, found?.passwordHash ?? null)) || !found) {
      return refuse(request, reply, "wrong-password");
    }
    throttle.giveBack(keys);
    const secret = await sessions.open(found.user.id);
    return reply.setCookie(COOKIE, secret, cookie).send(sessionView(found.user));
  });

  app.get("/api/session", { config: { who: "signed-in" }, schema: { response: { 200: SessionView }, summary: "Who am I" } }, async (request) => sessionView(request.user!));

  app.delete("/api/session", { config: { who: "signed-in" }, schema: { summary: "Sign out" } }, async (request, reply) => {
    const { id, roles } = request.user!;
    await sessions.close(request.cookies[COOKIE]!);
    if (roles.includes("agent")) {
      centre.setWish(id, "offline", id);
      await directory.setWish(id, "offline");
    }
    browserPhones.revokeAgent(id);
    options.feed.bye(id, "signed-out");
    return reply.clearCookie(COOKIE, cookie).code(204).send();
  });

  // Contacts ring agents, calls of the house ring whoever has an extension; nobody else needs an account.
  app.post("/api/session/phone", { config: { who: "signed-in" }, schema: { response: { 200: BrowserPhone }, summary: "A SIP account for this browser" } }, async (request, reply) => {
    const { id, roles } = request.user!;
    const rings = roles.includes("agent") || options.telephony.config.extensionsOfUser(id).length > 0;
    return rings ? reply.send(browserPhones.issueAgent(id)) : refuse(request, reply, "no-extension");
  });

  app.put("/api/me/wish", { config: { who: AGENT }, schema: { body: SetWish, summary: "Set my status" } }, async (request, reply) => {
    await directory.setWish(request.user!.id, request.body.wish);
    centre.setWish(request.user!.id, request.body.wish, request.user!.id);
    return reply.code(204).send();
  });

  app.post("/api/me/back", { config: { who: AGENT }, schema: { summary: "I am back after a missed contact" } }, async (request, reply) => {
    centre.back(request.user!.id);
    return reply.code(204).send();
  });

  app.put("/api/me/language", { config: { who: "signed-in" }, schema: { body: SetLanguage, summary: "My language" } }, async (request, reply) => {
    await directory.setLanguage(request.user!.id, request.body.language);
    return reply.code(204).send();
  });

  app.put("/api/agents/:id/wish", { config: { who: ["supervisor"] }, schema: { params: z.object({ id: z.string().max(64) }), body: SetWish, summary: "Set an agent's status" } }, async (request, reply) => {
    const { id } = request.params;
    const user = directory.user(id);
    if (!user?.active || !user.roles.includes("agent")) return refuse(request, reply, "not-found");
    await directory.setWish(id, request.body.wish);
    centre.setWish(id, request.body.wish, request.user!.id);
    if (request.body.wish === "available") centre.back(id);
    return reply.code(204).send();
  });
}
