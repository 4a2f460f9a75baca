/** The audit log: search, older lines, a file, and whether the seals hold. */
import { useMutation } from "@tanstack/react-query";
import { useId } from "react";

import { useSearchPart } from "../../charts/kit";
import { Card, Field, Notice, Segmented, Shape } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { useNow } from "../../hooks/clock";
import { useMay, useSite } from "../../hooks/session";
import { type Say, useLanguage, useSay } from "../../words";
import { saveText } from "../shared/files";
import { has } from "../shared/has";
import { momentOf } from "../shared/moments";
import { Pending } from "../shared/Pending";
import { TroubleOrCode } from "../shared/StepUp";
import { Table } from "../shared/Table";
import { atOf, details, linesCsv, matching, subject, who } from "./lines";
import { useServerMay } from "./places";
import { allLines, type Log, useCheck, useLines } from "./queries";

export function Audit() {
  const say = useSay();
  const may = useMay();
  const mayServer = useServerMay();
  const { id } = useSite();
  const [kept, keep] = useSearchPart("log");
  const logs = [...(may("audit") ? ["site" as const] : []), ...(mayServer("manage") ? ["account" as const] : [])];
  const chosen = logs.find((each) => each === kept) ?? logs[0];
  if (chosen === undefined) return <Notice>{say("admin.noRight.audit")}</Notice>;
  const log: Log = chosen === "account" ? { is: "account" } : { is: "site", site: id };
  return (
    <>
      {logs.length > 1 && <div><Segmented label={say("admin.audit.which")} value={chosen} options={logs.map((value) => ({ value, label: say(`admin.audit.${value}`) }))} onChange={keep} /></div>}
      <Lines key={chosen} log={log} />
    </>
  );
}

function Lines({ log }: { readonly log: Log }) {
  const say = useSay();
  const language = useLanguage();
  const id = useId();
  const { timezone } = useSite();
  const now = useNow();
  const [typed, type] = useSearchPart("q");
  const found = useLines(log);
  const file = useMutation({ mutationFn: async () => saveText(`audit-${log.is}.csv`, linesCsv(await allLines(log)), "text/csv") });
  const lines = found.data?.pages.flatMap((page) => page.items) ?? [];
  const shown = matching(lines, typed ?? "");
  return (
    <Card id="audit" title={say("admin.audit")} end={<Pending isPending={file.isPending} pending={say("admin.audit.exporting")} onClick={() => file.mutate()}>{say("admin.audit.export")}</Pending>}>
      <div className="form">
        {log.is === "account" && <Seals />}
        {file.error && <Trouble error={file.error} />}
        <Field id={`${id}-q`} label={say("admin.audit.search")} hint={say("admin.audit.searchHint")}>
          {(props) => <input {...props} type="search" autoComplete="off" value={typed ?? ""} onChange={(event) => type(event.target.value || null)} />}
        </Field>
        {found.error && <TroubleOrCode error={found.error} onRetry={() => void found.refetch()} />}
        {found.isPending && <Shape height={320} />}
        {found.data && shown.length === 0 && <p className="quiet" role="status">{say(lines.length === 0 ? "admin.audit.noneYet" : "admin.audit.none")}</p>}
        {shown.length > 0 && (
          <Table
            caption={say("admin.audit")}
            rows={shown}
            keyOf={(each) => String(each.seq)}
            columns={[
              { key: "at", label: say("admin.audit.time"), isHead: true, cell: (each) => <span className="whitespace-nowrap">{momentOf(atOf(each), now, timezone, language)}</span> },
              { key: "who", label: say("admin.audit.who"), cell: (each) => who(each) || "–" },
              { key: "did", label: say("admin.audit.did"), cell: (each) => kindWords(each.kind, say) },
              { key: "what", label: say("admin.audit.what"), cell: (each) => <><span className="break-all">{subject(each) === "*" ? say("admin.people.all") : subject(each) || "–"}</span><small className="small block break-words">{details(each.payload)}</small></> },
            ]}
          />
        )}
        {found.hasNextPage && <div className="buttons"><Pending isPending={found.isFetchingNextPage} pending={say("admin.audit.moreLoading")} onClick={() => void found.fetchNextPage()}>{say("admin.audit.more")}</Pending></div>}
      </div>
    </Card>
  );
}

/** What was done, in the reader's words where the catalogue has some. */
function kindWords(kind: string, say: Say): string {
  const key = `admin.kind.${kind}`;
  return has(key) ? say(key) : kind;
}

function Seals() {
  const say = useSay();
  const check = useCheck();
  return (
    <>
      <div className="buttons"><Pending isPending={check.isPending} pending={say("admin.audit.verifying")} onClick={() => check.mutate()}>{say("admin.audit.verify")}</Pending></div>
      <div role="status">
        {check.data?.holds === true && <Notice level="ok">{say("admin.audit.holds", { count: check.data.line_count })}</Notice>}
        {check.data?.holds === false && <Notice level="danger"><p><strong>{say("admin.audit.broken")}</strong></p>{check.data.breaks.map((each) => <p key={each}>{each}</p>)}</Notice>}
      </div>
      {check.error && <TroubleOrCode error={check.error} onRetry={() => check.mutate()} />}
    </>
  );
}
