import { MORE_WORDS } from "../more-words.ts";
import { Icon } from "./icons.tsx";
import { useModel } from "./model.ts";
import type { Model } from "./model.ts";

/** Position with consent: why it is asked for stands there first; nothing is sent before. */
export function Position({ model }: { model: Model }) {
  useModel(model);
  const w = MORE_WORDS[model.language()];
  const reason = model.positionReason();
  const { located } = model.device;
  if (reason === null) return null;
  return (
    <div class="position">
      <p>
        <Icon name="pin" size={16} />
        <span>
          {reason || w.positionWhy} <span class="soft">{w.positionTerms}</span>
        </span>
      </p>
      <div role="status">
        {located === "asking" && w.positionAsking}
        {located === "shared" && <b class="shared">{w.positionShared}</b>}
        {located === "refused" && w.positionRefused}
        {located === "unknown" && w.positionUnknown}
      </div>
      <button type="button" class="small" onClick={() => (located === "shared" ? model.device.forget() : model.device.locate())} aria-disabled={located === "asking"}>
        {located === "shared" ? w.positionForget : w.position}
      </button>
    </div>
  );
}
