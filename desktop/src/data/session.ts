/** Who is signed in here. Signing in starts the centre's stream, signing out (or the server's goodbye) ends it. */
import type { Language, SessionView, SignIn } from "@tandem/protocol";
import { keyIfKnown, setLanguage, t } from "../i18n/i18n.ts";
import { api, ApiFailure, whenSignedOut } from "./api.ts";
import { browserPorts } from "./browser-ports.ts";
import { createCentre } from "./centre.ts";
import type { Centre } from "./centre.ts";
import { followCases } from "./cases-api.ts";
import { followPromisedWork } from "./promised-api.ts";
import { queryClient } from "./query-client.ts";
import { createStore } from "./store.ts";

export type Session =
  /** Asking the server whether the cookie is still good. */
  | { phase: "checking" }
  /** The server could not be asked: `why` in words. */
  | { phase: "unreachable"; why: string }
  /** `why` when a session ended by itself; null at a plain first visit or a wanted sign-out. */
  | { phase: "out"; why: string | null }
  | { phase: "in"; view: SessionView; centre: Centre };

export const session = createStore<Session>({ phase: "checking" });

/** The stream refused so often in a row: perhaps the session is over, which a WebSocket cannot tell. */
const DOUBT_AFTER_ATTEMPTS = 3;

let stopWatching = (): void => {};

function enter(view: SessionView): void {
  leave(null);
  setLanguage(view.user.language);
  const centre = createCentre(browserPorts());
  followPromisedWork(centre);
  followCases(centre);
  stopWatching = centre.connection.subscribe(() => {
    const connection = centre.connection.get();
    if (connection.phase === "ended") leave(byeInWords(connection.why));
    if (connection.phase === "waiting" && connection.attempts >= DOUBT_AFTER_ATTEMPTS) void doubt(centre);
  });
  session.set({ phase: "in", view, centre });
}

function byeInWords(why: string): string {
  const key = keyIfKnown(`everywhere.bye.${why}`);
  return key === null ? t("everywhere.error.signedOut") : t(key);
}

/** Unreachable is no news here: the stream goes on trying. */
async function doubt(centre: Centre): Promise<void> {
  try {
    await api.session();
  } catch (error) {
    const now = session.get();
    if (now.phase === "in" && now.centre === centre && error instanceof ApiFailure && error.status === 401) leave(t("everywhere.error.signedOut"));
  }
}

function leave(why: string | null): void {
  stopWatching();
  stopWatching = () => {};
  const now = session.get();
  if (now.phase === "in") now.centre.stop();
  queryClient.clear();
  session.set({ phase: "out", why });
}

/** At the page's load: takes up the session of the cookie, if there is one. */
export async function checkSession(): Promise<void> {
  session.set({ phase: "checking" });
  whenSignedOut(() => {
    if (session.get().phase === "in") void checkSession();
  });
  try {
    enter(await api.session());
  } catch (error) {
    if (error instanceof ApiFailure && error.unreachable) session.set({ phase: "unreachable", why: error.message });
    else leave(null);
  }
}

/** Throws an `ApiFailure` in words when refused. */
export async function signIn(body: SignIn): Promise<void> {
  enter(await api.signIn(body));
}

export async function signOut(): Promise<void> {
  // The server's goodbye to this very wish is no news.
  stopWatching();
  try {
    await api.signOut();
  } finally {
    // Even if the server is not reached: nobody may go on reading this screen. The lease ends the session there.
    leave(null);
  }
}

/** Shown at once here; kept by the server for the next sign-in. */
export async function changeLanguage(language: Language): Promise<void> {
  setLanguage(language);
  if (session.get().phase === "in") await api.setLanguage(language);
}
