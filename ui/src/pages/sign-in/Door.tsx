/** The page before anybody is in: name of the product, one card, help below. */
import type { ReactNode } from "react";

import { Logo } from "../../frame/Logo";
import { LANGUAGES, speak, useLanguage, useSay } from "../../words";

interface Props {
  readonly title: string;
  readonly lead?: string;
  readonly children: ReactNode;
  readonly foot?: ReactNode;
}

export function Door({ title, lead, children, foot }: Props) {
  const say = useSay();
  const language = useLanguage();
  return (
    <main id="main" className="door">
      <div className="brand"><Logo size={34} />Enerwise</div>
      <section className="card door-card form" aria-labelledby="door-title">
        <div>
          <h1 id="door-title">{title}</h1>
          {lead && <p className="quiet pt-1">{lead}</p>}
        </div>
        {children}
      </section>
      <div className="door-foot">
        {foot}
        <p className="flex gap-4" role="group" aria-label={say("sign.language")}>
          {LANGUAGES.map((each) => <button key={each} type="button" className="link" lang={each} aria-pressed={each === language} onClick={() => void speak(each)}>{each === "de" ? "Deutsch" : "English"}</button>)}
        </p>
      </div>
    </main>
  );
}
