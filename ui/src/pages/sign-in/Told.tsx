/** Why a way in did not work, and what to do. */
import { Refused } from "../../api/client";
import { Notice } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { useSay } from "../../words";
import { has } from "../shared/has";
import { Wait } from "./Wait";

export const codeOf = (error: unknown) => (error instanceof Refused ? error.problem.code : "");
const TOO_OFTEN = new Set(["too-many-tries", "too-many-requests", "busy"]);

export function Told({ error, leftS }: { readonly error: unknown; readonly leftS: number }) {
  const say = useSay();
  if (!error) return null;
  const code = codeOf(error);
  if (TOO_OFTEN.has(code)) return <Wait leftS={leftS} />;
  if (code === "wrong-password") return <div role="alert"><Notice level="warn"><p><strong>{say("sign.wrong")}</strong></p><p>{say("sign.wrongDo")}</p></Notice></div>;
  if (code === "wrong-code") return <div role="alert"><Notice level="warn">{say("sign.code.wrong")}</Notice></div>;
  if (!(error instanceof Refused) || code === "offline") return <div role="alert"><Notice level="warn">{say("sign.offline")}</Notice></div>;
  return <Trouble error={error} />;
}

/** Why the outside provider, or the way back from it, did not let somebody in; the code stands in the address. */
export function OutsideFailed({ code }: { readonly code: string }) {
  const say = useSay();
  const key = `sign.outside.${code}`;
  return (
    <div role="alert">
      <Notice level="warn">
        <p><strong>{say("sign.outside.failed")}</strong></p>
        <p>{has(key) ? say(key) : say("sign.outsideFailed", { code: code.slice(0, 64) })}</p>
      </Notice>
    </div>
  );
}
