/** Step 1: look around in a network of one's own, or type the address. */
import { type FormEvent, useEffect, useId, useState } from "react";

import { Icon } from "../../components/Icon";
import { Button, Card, Field, Notice } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { useSay } from "../../words";
import { useDevices } from "../devices/queries";
import { Pending } from "../shared/Pending";
import { addressOf, unitOf } from "./draft";
import { useBeginSearch, useCancelSearch, useNetworks, useSearchJob } from "./queries";
import type { FoundDevice, Search } from "./shapes";
import type { Assistant } from "./useDraft";

export function Find({ assistant }: { readonly assistant: Assistant }) {
  return (
    <div className="pair">
      <LookAround assistant={assistant} />
      <TypeIt assistant={assistant} />
    </div>
  );
}

function LookAround({ assistant }: { readonly assistant: Assistant }) {
  const say = useSay();
  const id = useId();
  const networks = useNetworks();
  const begin = useBeginSearch();
  const cancel = useCancelSearch();
  const [network, setNetwork] = useState("");
  const job = useSearchJob(begin.data?.id ?? null);
  const search = job.data ?? begin.data;
  const own = networks.data?.items ?? [];
  useEffect(() => {
    if (network === "" && own[0]) setNetwork(own[0]);
  }, [own, network]);
  const isRunning = search?.state === "running";
  const start = (event: FormEvent) => {
    event.preventDefault();
    if (network.trim()) begin.mutate({ network: network.trim(), port: 502 });
  };
  return (
    <Card id="scan" title={say("add.find.scan")}>
      <form className="form" onSubmit={start}>
        <Field id={`${id}-network`} label={say("add.find.network")} hint={say("add.find.networkHint")}>
          {(props) => <input {...props} list={`${id}-own`} value={network} disabled={isRunning} autoComplete="off" onChange={(event) => setNetwork(event.target.value)} placeholder="192.168.1.0/24" />}
        </Field>
        <datalist id={`${id}-own`}>{own.map((each) => <option key={each} value={each} />)}</datalist>
        <div className="buttons">
          {isRunning
            ? <Button onClick={() => cancel.mutate(search.id)}>{say("add.find.cancel")}</Button>
            : <Pending kind="primary" type="submit" isPending={begin.isPending} pending={say("add.find.starting")}>{say(search ? "add.find.again" : "add.find.start")}</Pending>}
        </div>
      </form>
      {begin.error && <div className="pt-4"><Trouble error={begin.error} /></div>}
      {job.error && <div className="pt-4"><Trouble error={job.error} /></div>}
      {search && <Progress search={search} network={network} assistant={assistant} />}
    </Card>
  );
}

function Progress({ search, network, assistant }: { readonly search: Search; readonly network: string; readonly assistant: Assistant }) {
  const say = useSay();
  const known = useDevices();
  const facts = { asked: search.asked, total: search.total, found: search.found.length };
  const share = search.total > 0 ? search.asked / search.total : 0;
  return (
    <div className="form pt-4">
      {search.state === "running" && <div className="progress" role="progressbar" aria-label={say("add.find.scan")} aria-valuemin={0} aria-valuemax={search.total} aria-valuenow={search.asked}><i style={{ transform: `scaleX(${share})` }} /></div>}
      <p className="quiet" role="status">{say(`add.find.${search.state === "failed" ? "cancelled" : search.state}`, facts)}</p>
      {search.state === "failed" && <Notice level="warn">{search.why}</Notice>}
      {search.found.length > 0 && (
        <ul className="rows">
          {search.found.map((each) => (
            <FoundRow key={`${each.address} ${each.unit_id}`} found={each} assistant={assistant} knownAs={known.data?.items.find((one) => one.address === each.address && one.unit_id === each.unit_id)?.name} />
          ))}
        </ul>
      )}
      {search.state === "done" && search.found.length === 0 && (
        <Notice level="info">
          <p><strong>{say("add.find.none", { network })}</strong></p>
          <p>{say("add.find.noneWhy")}</p>
          <p>{say("add.find.noneDo")}</p>
        </Notice>
      )}
    </div>
  );
}

function FoundRow({ found, knownAs, assistant }: { readonly found: FoundDevice; readonly knownAs: string | undefined; readonly assistant: Assistant }) {
  const say = useSay();
  return (
    <li>
      <div>
        <b>{found.product || say("add.find.noMap")}</b>
        <small>{found.address}, {say("add.find.unit")} {found.unit_id}</small>
        {found.note && <small>{found.note}</small>}
        {knownAs && <small className="with-icon"><Icon name="info" size={15} />{say("add.find.known", { name: knownAs })}</small>}
      </div>
      <Button aria-label={say("add.find.use", { address: found.address })} onClick={() => assistant.go("connect", { address: found.address, unit: found.unit_id })}>{say("add.find.connect")}</Button>
    </li>
  );
}

function TypeIt({ assistant }: { readonly assistant: Assistant }) {
  const say = useSay();
  const id = useId();
  const [address, setAddress] = useState(assistant.draft.address);
  const [unit, setUnit] = useState(String(assistant.draft.unit));
  const [isTried, setTried] = useState(false);
  const read = addressOf(address);
  const number = unitOf(unit);
  const connect = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (read !== null && number !== null) assistant.go("connect", { address: read, unit: number });
  };
  return (
    <Card id="type" title={say("add.find.type")}>
      <form className="form" onSubmit={connect} noValidate>
        <Field id={`${id}-address`} label={say("add.find.address")} hint={say("add.find.addressHint")} wrong={isTried && read === null ? say("add.find.addressWrong", { value: address }) : undefined}>
          {(props) => <input {...props} value={address} autoComplete="off" autoCapitalize="none" spellCheck={false} onChange={(event) => setAddress(event.target.value)} />}
        </Field>
        <Field id={`${id}-unit`} label={say("add.find.unit")} hint={say("add.find.unitHint")} wrong={isTried && number === null ? say("add.find.unitWrong") : undefined}>
          {(props) => <input {...props} inputMode="numeric" value={unit} autoComplete="off" onChange={(event) => setUnit(event.target.value)} />}
        </Field>
        <div className="buttons"><Button type="submit" kind="primary">{say("add.find.connect")}</Button></div>
      </form>
    </Card>
  );
}
