/** Taking an invitation: a password of one's own, and one is in. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { Refused, write } from "../../api/client";
import { Notice } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { useSay } from "../../words";
import { Pending } from "../shared/Pending";
import { Door } from "./Door";
import { Password } from "./Password";
import type { FullAuth } from "./shapes";
import { judge } from "./strength";
import { useEntered } from "./useEntered";

export function Accept({ word }: { readonly word: string }) {
  const say = useSay();
  const enter = useEntered();
  const ask = useMutation({ mutationFn: (password: string) => write<FullAuth>("POST", "/auth/accept", { token: word, password }), onSuccess: enter });
  const [password, setPassword] = useState("");
  const [isTried, setTried] = useState(false);
  const isShort = judge(password).is === 0;
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isShort) ask.mutate(password);
  };
  const isOver = ask.error instanceof Refused && ask.error.problem.code === "no-such-invitation";
  return (
    <Door title={say("sign.join.title")} lead={say("sign.join.lead")}>
      <form className="form" onSubmit={send} noValidate>
        <Password label={say("sign.first.password")} hint={say("sign.first.passwordHint")} isNew autoFocus value={password} onChange={setPassword} wrong={isTried && isShort ? say("sign.first.passwordNeed") : undefined} />
        {isOver ? <Notice level="warn">{say("sign.join.wrong")}</Notice> : ask.error && <Trouble error={ask.error} />}
        <Pending kind="primary" type="submit" isPending={ask.isPending} pending={say("sign.join.joining")}>{say("sign.join.join")}</Pending>
      </form>
    </Door>
  );
}
