/** Every command of the desktop, in the order in which menus show them. */
import type { Action } from "./action.ts";
import { answer } from "./answer.ts";
import { switchLanguage, switchTheme } from "./appearance.ts";
import { back } from "./back.ts";
import { nextConversation, previousConversation } from "./conversations.ts";
import { end } from "./end.ts";
import { goAdmin, goDesk, goFloor, goFlows, goPromised, goTelephone } from "./go.ts";
import { hold } from "./hold.ts";
import { keypad } from "./keypad.ts";
import { openAudio, openContext, openShortcuts, openStatus } from "./layers.ts";
import { mute } from "./mute.ts";
import { notNow } from "./not-now.ts";
import { pauseRecording } from "./pause-recording.ts";
import { setWish } from "./set-wish.ts";
import { signOut } from "./sign-out.ts";
import { transfer } from "./transfer.ts";
import { validateWrap } from "./validate-wrap.ts";
import { whyMe } from "./why-me.ts";

export const actions: readonly Action[] = [
  answer,
  notNow,
  mute,
  hold,
  keypad,
  transfer,
  pauseRecording,
  end,
  validateWrap,
  whyMe,
  back,
  openStatus,
  ...setWish,
  goDesk,
  goTelephone,
  goPromised,
  goFloor,
  goFlows,
  goAdmin,
  nextConversation,
  previousConversation,
  openContext,
  switchTheme,
  switchLanguage,
  openAudio,
  openShortcuts,
  signOut,
];
