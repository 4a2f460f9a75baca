/** What is on screen on every page: where one is, the site, the mode, the age of the data, the emergency stop. */
import { Outlet, useLocation, useNavigate, useSearch } from "@tanstack/react-router";
import { Suspense, useEffect, useRef } from "react";

import { Refused } from "./api/client";
import { Shape } from "./components/parts";
import { Trouble } from "./components/troubles";
import { DemoMark } from "./frame/DemoMark";
import { Header } from "./frame/Header";
import { Keys } from "./frame/Keys";
import { Lost } from "./frame/Lost";
import { Rail, Tabs } from "./frame/Rail";
import { Status } from "./frame/Status";
import { SiteProvider, useAuth, useSiteDetail, useSites } from "./hooks/session";
import { useSay } from "./words";

export function Frame() {
  const auth = useAuth();
  const isIn = auth.data?.signed_in === true;
  if (auth.error && !auth.data) return <Failed error={auth.error} onRetry={() => void auth.refetch()} />;
  if (!auth.data) return <Alone><Shape height={480} /></Alone>;
  if (auth.data.needs_first_run) return <ToFirstRun />;
  if (!isIn) return <ToSignIn />;
  return <AtSite auth={auth.data} />;
}

/** To sign in, and back to here. Gone to once: `Navigate` would go again each time the address changes on the way. */
export function ToSignIn() {
  const { href } = useLocation();
  const go = useNavigate();
  const first = useRef(href);
  useEffect(() => {
    const back = first.current;
    void go({ to: "/sign-in", search: back === "/" ? {} : { to: back }, replace: true });
  }, [go]);
  return null;
}

function ToFirstRun() {
  const go = useNavigate();
  useEffect(() => void go({ to: "/first-run", replace: true }), [go]);
  return null;
}

function AtSite({ auth }: { readonly auth: NonNullable<ReturnType<typeof useAuth>["data"]> }) {
  const search = useSearch({ strict: false }) as { site?: string };
  const sites = useSites();
  const wanted = search.site ?? sites.data?.items[0]?.id;
  const detail = useSiteDetail(wanted);
  const error = sites.error ?? detail.error;
  const say = useSay();
  if (error && !detail.data) {
    if (error instanceof Refused && error.problem.status === 401) return <ToSignIn />;
    return <Failed error={error} onRetry={() => void (sites.error ? sites : detail).refetch()} />;
  }
  if (sites.data && sites.data.items.length === 0) {
    return <Alone><div className="hero"><div><h1>{say("shell.no-site.title")}</h1><p>{say("shell.no-site")}</p></div></div></Alone>;
  }
  if (!detail.data) return <Alone><Shape height={480} /></Alone>;
  return (
    <SiteProvider site={detail.data} auth={auth}>
      <Page />
    </SiteProvider>
  );
}

function Page() {
  const say = useSay();
  const here = useLocation();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    // A new page is announced by its heading: focus goes to the content, except when the tab was just opened.
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [here.pathname]);
  const page = here.pathname.split("/")[1] || "overview";
  useEffect(() => {
    const name = say(`shell.page.${page}`);
    document.title = name.startsWith("shell.") ? "Enerwise" : `${name} · Enerwise`;
  }, [page, say]);
  return (
    <div className="app">
      <a className="skip" href="#main">{say("shell.skip")}</a>
      <Rail />
      <div className="app-page">
        <Header />
        <Lost />
        <DemoMark />
        <main id="main" className="main" ref={main} tabIndex={-1}>
          <Suspense fallback={<Shape height={420} />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <Tabs />
      <Status />
      <Keys />
    </div>
  );
}

/** Nothing can be shown, and why. */
function Failed({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const say = useSay();
  return (
    <Alone>
      <div className="hero"><div><h1>{say("shell.failed.title")}</h1></div></div>
      <Trouble error={error} onRetry={onRetry} />
    </Alone>
  );
}

/** The page without a site: still with a place for the stop. */
export function Alone({ children }: { readonly children: React.ReactNode }) {
  return <main id="main" className="main mx-auto !max-w-[720px]">{children}</main>;
}
