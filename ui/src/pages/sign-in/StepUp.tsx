/** The fresh code that the server asks for before it goes on. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";

import { Refused, write } from "../../api/client";
import { Field } from "../../components/parts";
import { useSay } from "../../words";
import { Pending } from "../shared/Pending";
import { Told } from "./Told";
import { useOnward } from "./useEntered";
import { useWait } from "./Wait";

export function StepUp() {
  const say = useSay();
  const id = useId();
  const goOn = useOnward();
  const [code, setCode] = useState("");
  const [isTried, setTried] = useState(false);
  const ask = useMutation({ mutationFn: () => write<unknown>("POST", "/auth/step-up", { code: code.trim() }), onSuccess: goOn });
  const leftS = useWait(ask.error instanceof Refused ? ask.error.retryAfterS : null, ask.error);
  const isShort = code.trim().length < 6;
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isShort && leftS === 0) ask.mutate();
  };
  return (
    <form className="form" onSubmit={send} noValidate>
      <Field id={`${id}-code`} label={say("sign.code")} hint={say("sign.stepUp.hint")} wrong={isTried && isShort ? say("sign.code.need") : undefined}>
        {(props) => <input {...props} name="code" inputMode="numeric" autoComplete="one-time-code" autoCapitalize="none" spellCheck={false} maxLength={32} autoFocus value={code} onChange={(event) => setCode(event.target.value)} />}
      </Field>
      <Told error={ask.error} leftS={leftS} />
      <Pending kind="primary" type="submit" disabled={leftS > 0} isPending={ask.isPending} pending={say("sign.code.confirming")}>{say("sign.code.confirm")}</Pending>
    </form>
  );
}
