/** What is asked for, each with where it would hold. */
import type { AuthState } from "../../api/shapes";
import { Notice } from "../../components/parts";
import { useSites } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";
import { has } from "../shared/has";
import { rightsOf } from "./rights";

export function Rights({ scopes, auth }: { readonly scopes: readonly string[]; readonly auth: AuthState }) {
  const say = useSay();
  const language = useLanguage();
  const sites = useSites();
  const nameOf = (id: string) => sites.data?.items.find((each) => each.id === id)?.name ?? id;
  const listed = new Intl.ListFormat(language);
  const rights = rightsOf(scopes, auth.permissions, nameOf);
  return (
    <section aria-labelledby="rights" className="form !gap-3">
      <h2 id="rights" className="text-[16px] font-[650]">{say("ask.rights")}</h2>
      <ul className="rows">
        {rights.map(({ scope, where }) => (
          <li key={scope}>
            <div>
              <b>{has(`ask.right.${scope}`) ? say(`ask.right.${scope}`) : scope}</b>
              <small>{typeof where === "string" ? say(`ask.where.${where}`) : say("ask.where.sites", { count: where.length, sites: listed.format(where) })}</small>
            </div>
          </li>
        ))}
      </ul>
      {scopes.includes("manage") && <Notice level="warn">{say("ask.manage")}</Notice>}
    </section>
  );
}
