/**
 * Deflection: opening hours, and where contacts go that a queue does not take: it is closed, too busy, or shares them out.
 *
 * Invariants: hours are exact over clock changes; a decision is another queue or a flow that the one interpreter plays, never a special case of
 * a medium; queues that redirect to each other are refused when saved and end in a voicemail when met all the same; who was
 * deflected and asks for a person again waits in the queue if anybody is there, and nobody waits on an open line after it where nobody is.
 * Absent on purpose: who waits where (acd), running a flow (centre), slots and recordings (callback).
 */
export { createDeflection, DEFLECTION_KINDS } from "./desk.ts";
export type { Deflection, DeflectionKind, DeflectionOptions } from "./desk.ts";
export type { CalendarRefusal, Calendars, CalendarWritten } from "./calendars.ts";
export { beyond, LAST_DRAW } from "./decide.ts";
export type { Decision, Passed, Question, QueueLive } from "./decide.ts";
export { PASSED, passedOf } from "./deflection-flow.ts";
export type { PageOptions, PageQuestion } from "./page-options.ts";
export { waysFrom } from "./ways.ts";
export type { QueueFound, Way, WaysGround, WaysQuestion } from "./ways.ts";
export { loadHolidays } from "./holidays.ts";
export type { Holiday, Holidays } from "./holidays.ts";
