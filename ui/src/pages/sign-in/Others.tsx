/** The other ways in: a passkey, an outside provider. */
import { useMutation } from "@tanstack/react-query";

import { Refused, write } from "../../api/client";
import { Notice } from "../../components/parts";
import { useSay } from "../../words";
import { has } from "../shared/has";
import { Pending } from "../shared/Pending";
import { canPasskeys, proven, type Question, refusalOf } from "./passkeys";
import type { FullAuth } from "./shapes";
import { codeOf, Told } from "./Told";
import { useEntered, useWanted } from "./useEntered";
import { useWait } from "./Wait";

const OUTSIDE = [{ way: "oidc", nameIn: "oidc_name" }, { way: "saml", nameIn: "saml_name" }] as const;

export function Others({ auth }: { readonly auth: FullAuth }) {
  const say = useSay();
  const wanted = useWanted();
  const hasPasskeys = auth.methods.includes("passkey");
  const outside = OUTSIDE.filter(({ way }) => auth.methods.includes(way));
  if (!hasPasskeys && outside.length === 0) return null;
  return (
    <>
      <p className="or">{say("sign.or")}</p>
      {hasPasskeys && <Passkey />}
      {outside.map(({ way, nameIn }) => (
        <a key={way} className="btn" href={`/api/v1/auth/${way}/start?next=${encodeURIComponent(wanted)}`}>{say("sign.outside", { name: auth[nameIn] ?? way })}</a>
      ))}
    </>
  );
}

function Passkey() {
  const say = useSay();
  const enter = useEntered();
  const ask = useMutation({
    mutationFn: async () => {
      const { options, ticket } = await write<Question>("POST", "/auth/passkey/options");
      return write<FullAuth>("POST", "/auth/passkey", { ticket, credential: await proven(options) });
    },
    onSuccess: enter,
  });
  const leftS = useWait(ask.error instanceof Refused ? ask.error.retryAfterS : null, ask.error);
  if (!canPasskeys()) return <p className="small">{say("passkeys.cannot")}</p>;
  return (
    <>
      <Pending disabled={leftS > 0} isPending={ask.isPending} pending={say("passkeys.using")} onClick={() => ask.mutate()}>{say("passkeys.use")}</Pending>
      <PasskeyTold error={ask.error} leftS={leftS} />
    </>
  );
}

/** What browser or server said of a passkey. */
export function PasskeyTold({ error, leftS = 0 }: { readonly error: unknown; readonly leftS?: number }) {
  const say = useSay();
  const key = `passkeys.refused.${refusalOf(error) || codeOf(error)}`;
  if (!has(key)) return <Told error={error} leftS={leftS} />;
  return <div role="alert"><Notice level="warn">{say(key, { origin: location.origin })}</Notice></div>;
}
