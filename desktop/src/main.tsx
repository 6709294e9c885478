import "@fontsource-variable/geist/wght.css";
import "@fontsource-variable/geist-mono/wght.css";
import "./styles/app.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { checkSession, queryClient } from "./data/data.ts";
import { router } from "./shell/routes.tsx";
import { followSession } from "./sounds/sounds.ts";
import { applyTheme } from "./shell/ui.ts";

applyTheme();
followSession();
void checkSession();

const host = document.getElementById("root");
if (host === null) throw new Error("index.html has no #root");
createRoot(host).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
