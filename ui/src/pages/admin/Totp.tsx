/** The code from the phone: switch it on with a picture and a first code, keep codes on paper, switch it off. */
import { type FormEvent, useId, useMemo, useState } from "react";

import { Refused, write } from "../../api/client";
import { Button, Card, Field, Notice, Tag } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { useSay } from "../../words";
import { Copy } from "../shared/Copy";
import { saveText } from "../shared/files";
import { Pending } from "../shared/Pending";
import { TroubleOrCode } from "../shared/StepUp";
import { qrOf } from "./qr";
import { useDeed } from "./queries";

interface Enrolment {
  readonly secret: string;
  readonly address: string;
}

export function Totp({ isOn }: { readonly isOn: boolean }) {
  const say = useSay();
  const begin = useDeed(() => write<Enrolment>("POST", "/me/totp"));
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return (
    <Card id="totp" title={say("admin.security.totp")} end={<Tag level={isOn ? "ok" : "warn"}>{say(isOn ? "admin.security.totp.isOn" : "admin.security.totp.off")}</Tag>}>
      <div className="form">
        <p className="quiet">{say("admin.security.totp.lead")}</p>
        {codes ? <Paper codes={codes} onKept={() => { setCodes(null); begin.reset(); }} />
          : isOn ? <Off />
          : begin.data ? <Enrol enrolment={begin.data} onCodes={setCodes} />
          : <div className="buttons"><Pending kind="primary" isPending={begin.isPending} pending={say("admin.security.totp.beginning")} onClick={() => begin.mutate(undefined)}>{say("admin.security.totp.begin")}</Pending></div>}
        {begin.error && <Trouble error={begin.error} />}
      </div>
    </Card>
  );
}

function Enrol({ enrolment, onCodes }: { readonly enrolment: Enrolment; readonly onCodes: (codes: readonly string[]) => void }) {
  const say = useSay();
  const id = useId();
  const [code, setCode] = useState("");
  const [isTried, setTried] = useState(false);
  const confirm = useDeed(() => write<{ codes: readonly string[] }>("POST", "/me/totp/confirm", { code: code.trim() }));
  const qr = useMemo(() => qrOf(enrolment.address), [enrolment.address]);
  const isSix = /^\d{6}$/.test(code.replaceAll(" ", ""));
  const isWrong = confirm.error instanceof Refused && /wrong-code/.test(confirm.error.problem.code);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isSix) confirm.mutate(undefined, { onSuccess: (found) => onCodes(found.codes) });
  };
  return (
    <form className="form" onSubmit={send} noValidate>
      <p className="text-[14.5px] font-[650]">{say("admin.security.totp.scan")}</p>
      <svg className="qr" viewBox={`0 0 ${qr.size} ${qr.size}`} role="img" aria-label={say("admin.security.totp.qr")} shapeRendering="crispEdges"><path d={qr.path} fill="#000" /></svg>
      <div>
        <p className="small pb-1">{say("admin.security.totp.type")}</p>
        <code className="secret">{enrolment.secret.match(/.{1,4}/g)?.join(" ")}</code>
      </div>
      <Field id={`${id}-code`} label={say("admin.security.totp.code")} wrong={isWrong ? say("sign.code.wrong") : isTried && !isSix ? say("admin.security.totp.codeWrong") : undefined}>
        {(props) => <input {...props} inputMode="numeric" autoComplete="one-time-code" maxLength={7} value={code} onChange={(event) => setCode(event.target.value)} />}
      </Field>
      {confirm.error && !isWrong && <Trouble error={confirm.error} />}
      <div className="buttons"><Pending kind="primary" type="submit" isPending={confirm.isPending} pending={say("admin.security.totp.confirming")}>{say("admin.security.totp.confirm")}</Pending></div>
    </form>
  );
}

function Paper({ codes, onKept }: { readonly codes: readonly string[]; readonly onKept: () => void }) {
  const say = useSay();
  const text = `${codes.join("\n")}\n`;
  return (
    <section className="form" aria-label={say("admin.security.recovery")}>
      <p className="question">{say("admin.security.recovery")}</p>
      <Notice level="warn">{say("admin.security.recovery.lead")}</Notice>
      <ul className="codes">{codes.map((each) => <li key={each}>{each}</li>)}</ul>
      <div className="buttons">
        <Copy kind="primary" text={text} label={say("admin.copy")} done={say("admin.copied")} failed={say("admin.copyFailed")} />
        <Button onClick={() => saveText("enerwise-codes.txt", text)}>{say("admin.security.recovery.download")}</Button>
        <Button onClick={onKept}>{say("admin.security.recovery.kept")}</Button>
      </div>
    </section>
  );
}

function Off() {
  const say = useSay();
  const end = useDeed(() => write<unknown>("DELETE", "/me/totp"));
  return (
    <>
      <div className="buttons"><Pending isPending={end.isPending} pending={say("admin.security.totp.ending")} onClick={() => end.mutate(undefined)}>{say("admin.security.totp.end")}</Pending></div>
      {end.error && <TroubleOrCode error={end.error} onRetry={() => end.mutate(undefined)} />}
    </>
  );
}
