import { readXml, xml, xmlHead } from "./xml.ts";

/** What is shown of somebody: PIDF (RFC 3863) with activities of RPID (RFC 4480 3.2: "on-the-phone", "away", "busy", "meeting" ...). */
export interface Presence {
  /** Can be reached now. */
  open: boolean;
  note: string;
  activities: readonly string[];
}

/** Activities and the length of a note that are read. Attack: a document whose every element we would show to everybody. */
const maxActivities = 10;
const maxNoteLength = 200;

/** `entity` is the URI that was subscribed to. Content type application/pidf+xml. */
export function presenceDocument(entity: string, { open, note, activities }: Presence): string {
  const doing = activities.map((activity) => (/^[a-z][a-z-]{0,31}$/.test(activity) ? `<rpid:${activity}/>` : "")).join("");
  return `${xmlHead}<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="${xml(entity)}">`
    + `<tuple id="t1"><status><basic>${open ? "open" : "closed"}</basic></status><contact>${xml(entity)}</contact>${note === "" ? "" : `<note>${xml(note)}</note>`}</tuple>`
    + `<dm:person id="p1">${doing === "" ? "" : `<rpid:activities>${doing}</rpid:activities>`}${note === "" ? "" : `<dm:note>${xml(note)}</dm:note>`}</dm:person></presence>\n`;
}

/** What a published document says; null when it is none. Open when any of its tuples is. */
export function readPresence(text: string): Presence | null {
  const pieces = readXml(text);
  if (!pieces || pieces[0]?.kind !== "open" || pieces[0].name !== "presence") return null;
  let open = false;
  let note = "";
  const activities: string[] = [];
  const path: string[] = [];
  for (const piece of pieces) {
    if (piece.kind === "close") path.pop();
    else if (piece.kind === "open") {
      if (path.at(-1) === "activities" && /^[a-z][a-z-]{0,31}$/.test(piece.name) && activities.length < maxActivities && !activities.includes(piece.name)) activities.push(piece.name);
      path.push(piece.name);
    } else if (path.at(-1) === "basic") open ||= piece.text === "open";
    else if (path.at(-1) === "note" && note === "") note = piece.text.slice(0, maxNoteLength);
  }
  return { open, note, activities };
}

/** Several documents of one account as one (RFC 3856 calls it the composer): there if any says so; the note of the newest, which comes last. */
export function composePresence(all: readonly Presence[]): Presence {
  return {
    open: all.some(({ open }) => open),
    note: all.findLast(({ note }) => note !== "")?.note ?? "",
    activities: [...new Set(all.flatMap(({ activities }) => activities))].slice(0, maxActivities),
  };
}
