import { ShieldOff } from "lucide-react";
import { api } from "../data/data.ts";
import type { Action } from "./action.ts";

/** For card numbers and the like: nothing said meanwhile is kept. */
export const pauseRecording: Action = {
  id: "pause-recording",
  section: "contact",
  chord: { key: "R" },
  icon: ShieldOff,
  label: ({ voice }) => ({ key: voice?.recording === "paused" ? "desk.act.resumeRecordingLong" : "desk.act.pauseRecordingLong" }),
  enabled: ({ voice }) => voice?.state === "connected" && voice.recording !== "off",
  perform: ({ voice }) => (voice === null ? undefined : api.pauseRecording(voice.id, voice.recording === "on")),
};
