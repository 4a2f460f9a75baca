/** Search help: answers appear while typing, each with the page where it is done. */
import { Link } from "@tanstack/react-router";
import { useId, useMemo } from "react";

import { useSearchPart } from "../../charts/kit";
import { Card, Field } from "../../components/parts";
import { useSite } from "../../hooks/session";
import { useSay } from "../../words";
import { found, TOPICS } from "./help";

export function Search() {
  const say = useSay();
  const id = useId();
  const site = useSite();
  const [typed, type] = useSearchPart("q");
  const words = typed ?? "";
  const entries = useMemo(() => TOPICS.map((each) => ({ ...each, question: say(`support.help.${each.id}.q`), answer: say(`support.help.${each.id}.a`), words: say(`support.help.${each.id}.k`) })), [say]);
  const shown = found(entries, words);
  return (
    <Card id="help" title={say(words.trim() ? "support.search" : "support.topics")}>
      <div className="form">
        <Field id={`${id}-q`} label={say("support.search")} hint={say("support.search.hint")}>
          {(props) => <input {...props} type="search" value={words} autoComplete="off" onChange={(event) => type(event.target.value || null)} />}
        </Field>
        <p className="vh" role="status">{words.trim() && say("support.search.count", { count: shown.length })}</p>
        {shown.length === 0 && <p className="quiet"><strong>{say("support.search.none", { words })}.</strong> {say("support.search.noneDo")}</p>}
        <div className="answers">
          {shown.map((each) => (
            <details key={each.id} name="help" open={words.trim() !== "" && shown.length <= 3 ? true : undefined}>
              <summary>{each.question}</summary>
              <p>{each.answer}</p>
              <p><Link className="link" to={each.to} search={{ site: site.id, ...each.search } as never}>{say("support.search.open", { page: say(`support.page.${each.page}`) })}</Link></p>
            </details>
          ))}
        </div>
      </div>
    </Card>
  );
}
