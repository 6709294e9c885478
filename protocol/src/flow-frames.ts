/** Frames of the desktop's stream about flows, not sequenced (a lost one is replaced by the next). Apart from flow-studio.ts, so that the widget does not carry the schema of flows. */
import { z } from "zod";

/** Who has a flow open in the designer; all of them, each time. */
export const FlowEditing = z.object({ t: z.literal("flowEditing"), flowId: z.string(), users: z.array(z.object({ id: z.string(), name: z.string() })) });
/** A draft was saved, or published (`by`: the user's id). */
export const FlowChanged = z.object({ t: z.literal("flowChanged"), flowId: z.string(), revision: z.int(), by: z.string() });
/** A try-it call moved along that way. */
export const FlowTried = z.object({ t: z.literal("flowTried"), flowId: z.string(), stepId: z.string(), port: z.string().nullable() });
/** From the desktop: I have this flow open; null: none any more. Said again after each reconnection. */
export const EditFlow = z.object({ t: z.literal("editFlow"), flowId: z.string().max(60).nullable() });
