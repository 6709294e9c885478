import { Navigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMe } from "../data/data.ts";
import { DeskPage } from "../desk/desk-page.tsx";

/** The desk is for who works in the centre; everybody else has the telephone. */
export function Home(): ReactNode {
  return useMe().roles.length === 0 ? <Navigate to="/phone" replace /> : <DeskPage />;
}
