/** Backup and restore: everything in one file, and the way back, verified now and applied at the next start. */
import { useQuery } from "@tanstack/react-query";
import { type ChangeEvent, type FormEvent, useId, useState } from "react";

import { API, read, Refused, write } from "../../api/client";
import { Button, Card, Field, Notice } from "../../components/parts";
import { dayAndClock } from "../../formats/times";
import { localeOf } from "../../formats/numbers";
import { useSite } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";
import { Facts } from "../shared/Facts";
import { fileSize } from "../shared/files";
import { Pending } from "../shared/Pending";
import { Code, TroubleOrCode } from "../shared/StepUp";
import type { FullAuth } from "../sign-in/shapes";
import { useServerMay } from "./places";
import { useDeed } from "./queries";
import type { Restore } from "./shapes";

const restorePath = (site: string): string => `/restore?site=${encodeURIComponent(site)}`;

export function Backup({ auth }: { readonly auth: FullAuth }) {
  return (
    <div className="pair">
      <Download auth={auth} />
      <BringBack />
    </div>
  );
}

function Download({ auth }: { readonly auth: FullAuth }) {
  const say = useSay();
  const { id } = useSite();
  const mayServer = useServerMay();
  const [hasCode, setHasCode] = useState(false);
  const needsCode = auth.needs_step_up && !hasCode;
  return (
    <Card id="download" title={say("admin.backup.download")}>
      <div className="form">
        <p className="quiet">{say(mayServer("manage") ? "admin.backup.download.lead" : "admin.backup.download.site")}</p>
        {needsCode ? <Code onDone={() => setHasCode(true)} /> : <div className="buttons"><a className="btn" data-kind="primary" href={`${API}/sites/${encodeURIComponent(id)}/backup`} download>{say("admin.backup.make")}</a></div>}
        <p className="small">{say("admin.backup.time")}</p>
      </div>
    </Card>
  );
}

function BringBack() {
  const say = useSay();
  const { id: site } = useSite();
  const staged = useQuery({ queryKey: ["admin", "restore", site], queryFn: ({ signal }) => read<Restore>(restorePath(site), signal), retry: false });
  return (
    <Card id="restore" title={say("admin.restore")}>
      <div className="form">
        <p className="quiet">{say("admin.restore.lead")}</p>
        {staged.data?.state === "staged" && <Staged restore={staged.data} />}
        <Upload />
      </div>
    </Card>
  );
}

/** The copy that takes over at the next start. */
function Staged({ restore }: { readonly restore: Restore }) {
  const say = useSay();
  const language = useLanguage();
  const { timezone } = useSite();
  return (
    <section className="form" aria-label={say("admin.restore.staged")}>
      <Notice level="ok"><p><strong>{say("admin.restore.staged")}</strong></p><p>{say("admin.restore.next")}</p></Notice>
      <Facts facts={[
        [say("admin.restore.site"), restore.site],
        [say("admin.restore.made"), restore.made_at ? dayAndClock(restore.made_at, timezone, language) : "–"],
        ["Enerwise", restore.version],
        [say("admin.restore.parts"), restore.files.map((each) => <span key={each} className="block">{each}</span>)],
        [say("admin.restore.accounts"), say(`admin.restore.accounts.${restore.with_accounts ? "yes" : "no"}`)],
      ]} />
    </section>
  );
}

function Upload() {
  const say = useSay();
  const id = useId();
  const language = useLanguage();
  const { id: site } = useSite();
  const mayServer = useServerMay();
  const [file, setFile] = useState<File | null>(null);
  const [withAccounts, setWithAccounts] = useState(false);
  const [isTried, setTried] = useState(false);
  const [isSure, setSure] = useState(false);
  const stage = useDeed(() => write<Restore>("POST", `${restorePath(site)}&with_accounts=${withAccounts}`, file));
  const choose = (event: ChangeEvent<HTMLInputElement>) => {
    setFile(event.target.files?.[0] ?? null);
    setSure(false);
    stage.reset();
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (file) setSure(true);
  };
  const isBad = stage.error instanceof Refused && stage.error.problem.status === 422;
  return (
    <form className="form" onSubmit={send} noValidate>
      <Field id={`${id}-file`} label={say("admin.restore.file")} hint={file ? `${file.name}, ${fileSize(file.size, localeOf(language))}` : undefined} wrong={isTried && !file ? say("admin.restore.fileNeeded") : undefined}>
        {(props) => <input {...props} className="input file" type="file" accept=".zip,application/zip" onChange={choose} />}
      </Field>
      {mayServer("manage") && (
        <label className="choice">
          <input type="checkbox" checked={withAccounts} onChange={(event) => setWithAccounts(event.target.checked)} />
          <b>{say("admin.restore.withAccounts")}</b>
          <small>{say("admin.restore.withAccountsHint")}</small>
        </label>
      )}
      {isSure && !stage.isSuccess ? (
        <div className="form" role="group" aria-label={say("admin.restore.sure")}>
          <Notice level="warn"><p><strong>{say("admin.restore.sure")}</strong></p><p>{say("admin.restore.sureLead")}</p></Notice>
          <div className="buttons">
            <Pending kind="danger" isPending={stage.isPending} pending={say("admin.restore.checking")} onClick={() => stage.mutate(undefined)}>{say("admin.restore.yes")}</Pending>
            <Button autoFocus onClick={() => setSure(false)}>{say("admin.cancel")}</Button>
          </div>
        </div>
      ) : <div className="buttons"><Button type="submit">{say("admin.restore.check")}</Button></div>}
      {isBad && <p><strong>{say("admin.restore.bad")}</strong></p>}
      {stage.error && <TroubleOrCode error={stage.error} onRetry={() => stage.mutate(undefined)} />}
    </form>
  );
}
