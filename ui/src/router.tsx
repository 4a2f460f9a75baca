/** The addresses of the page; every page is loaded when it is first opened. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from "@tanstack/react-router";

import { Frame } from "./Frame";
import { NotFound } from "./pages/NotFound";
import { withWords } from "./words";

export type Search = Readonly<Record<string, string | undefined>>;

/** Site, range and selection live in the address, as text. */
function texts(search: Record<string, unknown>): Search {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== null).map(([key, value]) => [key, String(value)]));
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, validateSearch: texts });
const frame = createRoute({ getParentRoute: () => root, id: "frame", component: Frame });
const inFrame = [
  createRoute({ getParentRoute: () => frame, path: "/", component: lazyRouteComponent(() => import("./pages/Overview"), "Overview") }),
  createRoute({ getParentRoute: () => frame, path: "/plan", component: lazyRouteComponent(withWords(["plan", "charts"], () => import("./pages/Plan")), "Plan") }),
  createRoute({ getParentRoute: () => frame, path: "/savings", component: lazyRouteComponent(withWords(["savings", "charts"], () => import("./pages/Savings")), "Savings") }),
  createRoute({ getParentRoute: () => frame, path: "/market", component: lazyRouteComponent(withWords(["market", "charts"], () => import("./pages/Market")), "Market") }),
  createRoute({ getParentRoute: () => frame, path: "/devices", component: lazyRouteComponent(withWords(["devices"], () => import("./pages/Devices")), "Devices") }),
  createRoute({ getParentRoute: () => frame, path: "/devices/add", component: lazyRouteComponent(withWords(["devices", "add-device"], () => import("./pages/AddDevice")), "AddDevice") }),
  createRoute({ getParentRoute: () => frame, path: "/devices/$id", component: lazyRouteComponent(withWords(["devices", "charts"], () => import("./pages/Device")), "Device") }),
  createRoute({ getParentRoute: () => frame, path: "/safety", component: lazyRouteComponent(withWords(["safety", "devices"], () => import("./pages/Safety")), "Safety") }),
  createRoute({ getParentRoute: () => frame, path: "/admin", component: lazyRouteComponent(withWords(["admin", "sign-in", "passkeys"], () => import("./pages/Admin")), "Admin") }),
  createRoute({ getParentRoute: () => frame, path: "/support", component: lazyRouteComponent(withWords(["support"], () => import("./pages/Support")), "Support") }),
  createRoute({ getParentRoute: () => frame, path: "/more", component: lazyRouteComponent(() => import("./pages/More"), "More") }),
];
const asks = [
  createRoute({ getParentRoute: () => root, path: "/device", component: lazyRouteComponent(withWords(["ask", "sign-in", "admin"], () => import("./pages/AskBox")), "AskBox") }),
  createRoute({ getParentRoute: () => root, path: "/consent", component: lazyRouteComponent(withWords(["ask", "sign-in"], () => import("./pages/AskApp")), "AskApp") }),
];
const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", component: lazyRouteComponent(withWords(["sign-in", "passkeys"], () => import("./pages/SignIn")), "SignIn") });
const firstRun = createRoute({ getParentRoute: () => root, path: "/first-run", component: lazyRouteComponent(withWords(["sign-in"], () => import("./pages/FirstRun")), "FirstRun") });

/** The address keeps plain text: `?site=home&block=b1`. */
const plain = {
  parse: (text: string) => Object.fromEntries(new URLSearchParams(text)),
  write: (search: Record<string, unknown>) => {
    const kept = new URLSearchParams(texts(search) as Record<string, string>).toString();
    return kept ? `?${kept}` : "";
  },
};

export const router = createRouter({
  routeTree: root.addChildren([frame.addChildren(inFrame), ...asks, signIn, firstRun]),
  parseSearch: plain.parse,
  stringifySearch: plain.write,
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
