/** Deeds of weight need a fresh code: asked for where the refusal came, then the deed is done. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";

import { Refused, write } from "../../api/client";
import { Field, Notice } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { useSay } from "../../words";
import { Pending } from "./Pending";

export function needsStepUp(error: unknown): boolean {
  return error instanceof Refused && error.problem.code === "needs-step-up";
}

/** What went wrong; where a fresh code is all that is missing, the place to type it. */
export function TroubleOrCode({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  return needsStepUp(error) ? <Code onDone={onRetry} /> : <Trouble error={error} />;
}

/** Type a fresh code; then go on. */
export function Code({ onDone }: { readonly onDone: () => void }) {
  const say = useSay();
  const id = useId();
  const known = useQueryClient();
  const [code, setCode] = useState("");
  const show = useMutation({
    mutationFn: () => write<unknown>("POST", "/auth/step-up", { code: code.trim() }),
    onSuccess: () => {
      void known.invalidateQueries({ queryKey: ["auth"] });
      onDone();
    },
  });
  const isWrong = show.error instanceof Refused && show.error.problem.code === "wrong-code";
  const send = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (code.trim().length >= 6) show.mutate();
  };
  return (
    <Notice level="info">
      <form className="form" onSubmit={send} noValidate>
        <p><strong>{say("admin.stepUp")}</strong> {say("admin.stepUp.lead")}</p>
        <Field id={`${id}-code`} label={say("admin.stepUp.code")} wrong={isWrong ? say("sign.code.wrong") : undefined}>
          {(props) => <input {...props} inputMode="numeric" autoComplete="one-time-code" maxLength={32} autoFocus value={code} onChange={(event) => setCode(event.target.value)} />}
        </Field>
        {show.error && !isWrong && <Trouble error={show.error} />}
        <div className="buttons"><Pending kind="primary" type="submit" isPending={show.isPending} pending={say("sign.code.confirming")}>{say("sign.code.confirm")}</Pending></div>
      </form>
    </Notice>
  );
}
