import { useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useLines } from "../phone/phone.ts";
import { LinesList } from "./lines-list.tsx";

/** Calls of the house on every other page: what rings must be answerable wherever one is. Takes no focus. */
export function LineDock(): ReactNode {
  const path = useRouterState({ select: (s) => s.location.pathname });
  const { list } = useLines();
  if (path === "/phone" || list.length === 0) return null;
  return (
    <div data-region className="fixed right-3 bottom-3 z-30 max-h-[calc(100vh-5rem)] w-[20rem] max-w-[calc(100vw-1.5rem)] overflow-auto rounded-sheet border border-line bg-surface p-2 shadow-3 max-stack:bottom-14">
      <LinesList />
    </div>
  );
}
