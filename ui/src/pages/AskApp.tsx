/** An app asks a person: which rights, at which sites. Whatever the answer, the browser goes back to the app with it. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";

import { read, write } from "../api/client";
import type { AuthState } from "../api/shapes";
import { Notice, Shape } from "../components/parts";
import { Trouble } from "../components/troubles";
import { useSay } from "../words";
import { As, Decide } from "./AskBox";
import { Guarded } from "./ask/Guarded";
import { Rights } from "./ask/Rights";
import { mayGo } from "./ask/rights";
import { Door } from "./sign-in/Door";
import { codeOf } from "./sign-in/Told";
import "./shared/pages.css";

export interface AppQuestion {
  readonly id: string;
  readonly app_name: string;
  readonly redirect_host: string;
  readonly scopes: readonly string[];
}

export function AskApp() {
  const say = useSay();
  const { request } = useSearch({ strict: false }) as { request?: string };
  return (
    <Guarded title={say("ask.app")}>
      {(auth) => (request ? <Asked id={request} auth={auth} /> : <Over title={say("ask.app.none")} lead={say("ask.app.noneLead")} />)}
    </Guarded>
  );
}

function Asked({ id, auth }: { readonly id: string; readonly auth: AuthState }) {
  const say = useSay();
  const path = `/oauth/consents/${encodeURIComponent(id)}`;
  const asked = useQuery({ queryKey: ["ask-app", id], queryFn: ({ signal }) => read<AppQuestion>(path, signal), staleTime: Infinity });
  const answer = useMutation({
    mutationFn: (allow: boolean) => write<{ readonly redirect_to: string }>("POST", path, { allow }),
    onSuccess: ({ redirect_to: where }) => mayGo(where) && location.assign(where),
  });
  if (answer.data) return <Back name={asked.data?.app_name ?? ""} where={answer.data.redirect_to} isAllowed={answer.variables === true} />;
  if ([asked.error, answer.error].some((error) => codeOf(error) === "no-such-question")) return <Over title={say("ask.app.over")} lead={say("ask.app.overLead")} />;
  if (asked.error) return <Door title={say("ask.app")}><Trouble error={asked.error} onRetry={() => void asked.refetch()} /></Door>;
  if (!asked.data) return <Door title={say("ask.app")}><Shape height={280} /></Door>;
  const { app_name: name, redirect_host: host, scopes } = asked.data;
  return (
    <Door title={say("ask.app.title", { name })} lead={say("ask.app.titleLead", { host })} foot={<As auth={auth} />}>
      <Rights scopes={scopes} auth={auth} />
      <p className="small">{say("ask.app.kept")}</p>
      {answer.error && <Trouble error={answer.error} />}
      <Decide isPending={answer.isPending} allows={answer.variables} onDecide={answer.mutate} />
    </Door>
  );
}

/** While the browser goes back; an app beside the browser may need another press. */
function Back({ name, where, isAllowed }: { readonly name: string; readonly where: string; readonly isAllowed: boolean }) {
  const say = useSay();
  return (
    <Door title={say(isAllowed ? "ask.app.allowed" : "ask.app.denied", { name })}>
      <div role="status"><Notice level={isAllowed ? "ok" : "info"}>{say("ask.app.back", { name })}</Notice></div>
      {mayGo(where) && <a className="btn" href={where} rel="noreferrer">{say("ask.app.go", { name })}</a>}
    </Door>
  );
}

function Over({ title, lead }: { readonly title: string; readonly lead: string }) {
  const say = useSay();
  return <Door title={title} lead={lead}><Link to="/" className="btn">{say("ask.home")}</Link></Door>;
}
