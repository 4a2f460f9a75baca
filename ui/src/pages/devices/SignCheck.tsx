/** The kettle check of a meter that is wired already: the server watches it while a person switches on a load. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";

import { read, write } from "../../api/client";
import { Button, Field, Notice } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { power, text } from "../../formats/numbers";
import { useSite } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";
import { Pending } from "../shared/Pending";
import { devicesPath } from "./queries";

export interface SignJob {
  readonly id: string;
  readonly state: "before" | "waiting" | "done" | "failed" | "cancelled";
  readonly before_w: number | null;
  readonly now_w: number | null;
  readonly verdict: "right" | "turned" | "unclear" | null;
  readonly why: string;
}

const LOAD_W = 2000;
const LEAST_W = 200;
const MOST_W = 22_000;
const LOOK_MS = 600;

export default function SignCheck({ device }: { readonly device: string }) {
  const say = useSay();
  const id = useId();
  const { id: site } = useSite();
  const [load, setLoad] = useState(String(LOAD_W));
  const loadW = Number(load);
  const isWrong = !(loadW >= LEAST_W && loadW <= MOST_W);
  const begin = useMutation({ mutationFn: () => write<SignJob>("POST", devicesPath(site, "/check-sign"), { device, load_w: loadW }) });
  const jobId = begin.data?.id ?? null;
  const job = useQuery({
    queryKey: ["sign-check", site, jobId],
    queryFn: ({ signal }) => read<SignJob>(devicesPath(site, `/check-sign/${encodeURIComponent(jobId ?? "")}`), signal),
    enabled: jobId !== null,
    refetchInterval: (query) => (["before", "waiting"].includes(query.state.data?.state ?? "before") ? LOOK_MS : false),
  });
  const found = job.data ?? begin.data;
  const isRunning = found?.state === "before" || found?.state === "waiting";
  return (
    <div className="form pt-3">
      <p className="quiet">{say("add.sign.kettleLead")}</p>
      {!isRunning && (
        <>
          <Field id={`${id}-load`} label={say("add.sign.loadPower")} hint={say("add.sign.loadHint")} wrong={isWrong ? say("add.sign.loadWrong", { least: LEAST_W, most: MOST_W }) : undefined}>
            {(props) => <input {...props} inputMode="numeric" value={load} onChange={(event) => setLoad(event.target.value)} />}
          </Field>
          <div className="buttons"><Pending disabled={isWrong} isPending={begin.isPending} pending={say("add.sign.beginning")} onClick={() => begin.mutate()}>{say(found ? "add.sign.again" : "add.sign.begin")}</Pending></div>
        </>
      )}
      <div role="status">{found && <Told job={found} />}</div>
      {begin.error && <Trouble error={begin.error} />}
      {job.error && <Trouble error={job.error} />}
      {isRunning && <div className="buttons"><Button onClick={() => begin.reset()}>{say("add.leave")}</Button></div>}
    </div>
  );
}

function Told({ job }: { readonly job: SignJob }) {
  const say = useSay();
  const language = useLanguage();
  const words = (powerW: number | null) => (powerW === null ? "–" : say(powerW < 0 ? "devices.given" : "devices.taken", { power: text(power(powerW, language)) }));
  if (job.state === "before") return <p className="quiet">{say("add.sign.beginning")}</p>;
  if (job.state === "waiting") return <p className="question">{say("add.sign.before", { power: words(job.before_w) })} <span className="small block">{say("add.sign.watching")}: {words(job.now_w)}</span></p>;
  if (job.verdict === null) return <Notice level="warn">{job.why}</Notice>;
  return (
    <Notice level={job.verdict === "right" ? "ok" : job.verdict === "turned" ? "danger" : "warn"}>
      <p>{say(`add.sign.result.${job.verdict}`, { before: words(job.before_w), after: words(job.now_w) })}</p>
      {job.verdict !== "right" && <p>{say(`add.sign.result.${job.verdict}Do`)}</p>}
    </Notice>
  );
}
