import { Link } from "@tanstack/react-router";

import { Alone } from "../Frame";
import { useSay } from "../words";

export function NotFound() {
  const say = useSay();
  return (
    <Alone>
      <div className="hero"><div><h1>{say("notfound.title")}</h1><p>{say("notfound.about")}</p></div></div>
      <p><Link to="/" className="link">{say("notfound.home")}</Link></p>
    </Alone>
  );
}
