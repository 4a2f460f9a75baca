/** The sentence that opens a page, what follows from it, and at most one action. */
import type { ReactNode } from "react";

interface Props {
  readonly title: ReactNode;
  readonly lead?: ReactNode;
  readonly above?: ReactNode;
  readonly end?: ReactNode;
}

export function Hero({ title, lead, above, end }: Props) {
  return (
    <div className="hero">
      <div>
        {above}
        <h1>{title}</h1>
        {lead && <p>{lead}</p>}
      </div>
      {end}
    </div>
  );
}

/** The heading while nothing is known yet: heard, and not seen. */
export function Heading({ children }: { readonly children: ReactNode }) {
  return <h1 className="vh">{children}</h1>;
}
