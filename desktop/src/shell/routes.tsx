import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Navigate } from "@tanstack/react-router";
import { BrokenPage, BrokenShell } from "./broken-page.tsx";
import { Home } from "./home.tsx";
import { Shell } from "./shell.tsx";

const root = createRootRoute({ component: Shell, errorComponent: BrokenShell, notFoundComponent: () => <Navigate to="/" replace /> });
const desk = createRoute({ getParentRoute: () => root, path: "/", component: Home });
// Not what an agent opens first: fetched when gone to.
const floor = createRoute({ getParentRoute: () => root, path: "/floor", component: lazyRouteComponent(() => import("../floor/floor-page.tsx"), "FloorPage") });
const admin = createRoute({ getParentRoute: () => root, path: "/admin", component: lazyRouteComponent(() => import("../admin/admin-page.tsx"), "AdminPage") });

const telephone = createRoute({ getParentRoute: () => root, path: "/phone", component: lazyRouteComponent(() => import("../telephone/telephone-page.tsx"), "TelephonePage") });
const promised = createRoute({ getParentRoute: () => root, path: "/promised", component: lazyRouteComponent(() => import("../promised/promised-page.tsx"), "PromisedPage") });
const flows = createRoute({ getParentRoute: () => root, path: "/flows", component: lazyRouteComponent(() => import("../flows/flows-page.tsx"), "FlowsPage") });
const flow = createRoute({ getParentRoute: () => root, path: "/flows/$flowId", component: lazyRouteComponent(() => import("../flows/flows-page.tsx"), "FlowPage") });

export const router = createRouter({ routeTree: root.addChildren([desk, telephone, promised, floor, flows, flow, admin]), defaultPreload: "intent", defaultErrorComponent: BrokenPage });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
