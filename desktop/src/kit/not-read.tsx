import type { ReactNode } from "react";
import { ReadFailed } from "./read-failed.tsx";
import { Skeleton } from "./skeleton.tsx";

/**
 * In the place of what is not there yet: that it is being read, or why it could not be.
 * For `if (query.data === undefined) return <NotRead query={query} rows={8} />`: what was read once stays in sight, with what is typed beside it, though reading it again fails.
 */
export function NotRead({ query, rows, avatar = false }: { query: { isError: boolean; error: Error | null; refetch: () => Promise<unknown> }; rows: number; avatar?: boolean }): ReactNode {
  return query.isError ? <ReadFailed query={query} className="m-4" /> : <Skeleton rows={rows} avatar={avatar} className="p-4" />;
}
