/** Signing in: e-mail and password, a code where the account asks for one, or an invitation. */
import { Link, useLocation } from "@tanstack/react-router";

import { Shape } from "../components/parts";
import { Trouble } from "../components/troubles";
import { useAuth } from "../hooks/session";
import { useSay } from "../words";
import { Accept } from "./sign-in/Accept";
import { Door } from "./sign-in/Door";
import { Enter } from "./sign-in/Enter";
import type { FullAuth } from "./sign-in/shapes";
import "./shared/pages.css";

export function SignIn() {
  const say = useSay();
  const auth = useAuth();
  const { hash } = useLocation();
  const word = new URLSearchParams(hash).get("invitation");
  if (auth.error && !auth.data) return <Door title={say("sign.title")}><Trouble error={auth.error} onRetry={() => void auth.refetch()} /></Door>;
  if (!auth.data) return <Door title={say("sign.title")}><Shape height={240} /></Door>;
  const found = auth.data as FullAuth;
  if (word) return <Accept word={word} />;
  if (found.needs_first_run) return <Door title={say("sign.first")} lead={say("sign.first.lead")}><Link to="/first-run" className="btn" data-kind="primary">{say("sign.first.go")}</Link></Door>;
  return <Door title={say("sign.title")} lead={say("sign.leadAny")} foot={<Foot isDemo={found.is_demo} />}><Enter auth={found} /></Door>;
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
