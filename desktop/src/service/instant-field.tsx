import type { ReactNode } from "react";
import type { Look } from "../admin/kind-page.ts";
import { Button } from "../kit/button.tsx";
import { TextField } from "../kit/field.tsx";

const two = (n: number): string => String(n).padStart(2, "0");
/** As a field of the browser writes it, in this computer's time. */
function local(atMs: number): string {
  const at = new Date(atMs);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Now (null), or another instant to look at. */
export function InstantField({ atMs, onChange, look }: { atMs: number | null; onChange: (atMs: number | null) => void; look: Look }): ReactNode {
  const { t } = look;
  return (
    <div className="flex items-end gap-2">
      <TextField
        mono
        type="datetime-local"
        label={t("admin.hours.at")}
        value={atMs === null ? "" : local(atMs)}
        onChange={(typed) => {
          const ms = Date.parse(typed);
          onChange(Number.isNaN(ms) ? null : ms);
        }}
      />
      {atMs !== null && (
        <Button tone="ghost" size="l" onPress={() => onChange(null)}>
          {t("admin.hours.at.now")}
        </Button>
      )}
    </div>
  );
}
