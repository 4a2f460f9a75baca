/** Signing in: e-mail and password, a code where the account asks for one, a passkey, an outside provider, or an invitation. */
import { Link, useLocation } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { Button, Shape } from "../components/parts";
import { Trouble } from "../components/troubles";
import { useAuth } from "../hooks/session";
import { useSay } from "../words";
import { Accept } from "./sign-in/Accept";
import { Door } from "./sign-in/Door";
import { Enter } from "./sign-in/Enter";
import type { FullAuth } from "./sign-in/shapes";
import { StepUp } from "./sign-in/StepUp";
import { useAsksCode, useOnward } from "./sign-in/useEntered";
import "./shared/pages.css";

export function SignIn() {
  const say = useSay();
  const auth = useAuth();
  const { hash } = useLocation();
  const asksCode = useAsksCode();
  const isAnother = useAnother(auth);
  const word = new URLSearchParams(hash).get("invitation");
  if (auth.error && !auth.data) return <Door title={say("sign.title")}><Trouble error={auth.error} onRetry={() => void auth.refetch()} /></Door>;
  if (!auth.data) return <Door title={say("sign.title")}><Shape height={240} /></Door>;
  const found = auth.data as FullAuth;
  if (word) return <Accept word={word} />;
  if (found.needs_first_run) return <Door title={say("sign.first")} lead={say("sign.first.lead")}><Link to="/first-run" className="btn" data-kind="primary">{say("sign.first.go")}</Link></Door>;
  if (found.signed_in && asksCode && found.needs_step_up) return <Door title={say("sign.stepUp.title")} lead={say("sign.stepUp.lead")} foot={<Foot isDemo={false} />}><StepUp /></Door>;
  if (found.signed_in && isAnother.cameIn) return <Already name={found.person?.name ?? ""} onOther={isAnother.set} />;
  return <Door title={say("sign.title")} lead={say("sign.leadAny")} foot={<Foot isDemo={found.is_demo} />}><Enter auth={found} /></Door>;
}

/** Whether somebody came here signed in and has not asked for the form; whoever signs in here goes on and sees none of this. */
function useAnother(auth: ReturnType<typeof useAuth>): { readonly cameIn: boolean; readonly set: () => void } {
  const [cameIn, setCameIn] = useState<boolean | null>(auth.data ? auth.data.signed_in : null);
  const { data, refetch } = auth;
  if (cameIn === null && data) setCameIn(data.signed_in);
  // The session may have ended meanwhile: that is why one is here.
  useEffect(() => {
    if (cameIn) void refetch();
  }, [cameIn, refetch]);
  return { cameIn: cameIn === true, set: () => setCameIn(false) };
}

function Already({ name, onOther }: { readonly name: string; readonly onOther: () => void }) {
  const say = useSay();
  const goOn = useOnward();
  return (
    <Door title={say("sign.already", { name })}>
      <div className="buttons">
        <Button kind="primary" onClick={goOn}>{say("sign.already.on")}</Button>
        <Button onClick={onOther}>{say("sign.already.other")}</Button>
      </div>
    </Door>
  );
}

function Foot({ isDemo }: { readonly isDemo: boolean }) {
  const say = useSay();
  return isDemo ? (
    <section className="notice" aria-label={say("sign.demo")}>
      <div className="text">
        <p><strong>{say("sign.demo")}.</strong> {say("sign.demo.lead")}</p>
        <p className="small">{say("sign.demo.again")}</p>
      </div>
    </section>
  ) : <p>{say("sign.forgot")}</p>;
}
