import type { ReactNode } from "react";

/** Two rings that hold each other: the customer and the agent. */
export function Mark({ size = 24 }: { size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" strokeWidth="2.6" aria-hidden>
      <circle cx="8" cy="12" r="5" stroke="var(--acc)" />
      <circle cx="16" cy="12" r="5" stroke="var(--ink)" />
      <path d="M11.2 8.2A5 5 0 0 1 13 12" stroke="var(--acc)" />
    </svg>
  );
}
