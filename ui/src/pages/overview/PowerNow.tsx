/** Power now: cards for sources and uses, ribbons between them on one scale. */
import { Link } from "@tanstack/react-router";
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";

import type { LiveNode } from "../../api/shapes";
import { Icon, type IconName } from "../../components/Icon";
import { Big, Card, LinkButton, Segmented } from "../../components/parts";
import { energy, percent, power, price, text } from "../../formats/numbers";
import { age, clock } from "../../formats/times";
import { useNow } from "../../hooks/clock";
import { useSite } from "../../hooks/session";
import { useLive } from "../../live/live";
import { type Say, useLanguage, useSay } from "../../words";
import { type Balance, balance, type End, SOURCE_ORDER, USE_ORDER } from "./flows";
import { useMayMove } from "./house/able";
import { Moving } from "./house/Moving";
import { Ribbons } from "./Ribbons";

/** Beyond this a value is no longer drawn as power. [s] */
export const OLD_S = 60;
const LATE_S = 10;
const ICON: Record<LiveNode["kind"], IconName> = { pv: "sun", battery: "battery", grid: "grid", load: "home", car: "car", heat: "heat", unexplained: "help" };
export const COLOUR: Record<LiveNode["kind"], string> = { pv: "solar", battery: "battery", grid: "grid", load: "home", car: "ev", heat: "heat", unexplained: "home" };

/** The nodes as they may be drawn: what is over a minute old is unknown. */
export function fresh(nodes: readonly LiveNode[], nowMs: number, skewMs: number): LiveNode[] {
  return nodes.map((node) => (ageS(node, nowMs, skewMs) > OLD_S ? { ...node, power_w: null } : node));
}

function ageS(node: LiveNode, nowMs: number, skewMs: number): number {
  return node.read_at === null ? Infinity : (nowMs - skewMs - Date.parse(node.read_at)) / 1000;
}

/** What a node is called by the direction of its power. */
export function nameOf(node: LiveNode, isSource: boolean, say: Say): string {
  if (node.kind === "grid") return say(isSource ? "overview.from-grid" : "overview.to-grid");
  if (node.kind === "battery" && !isSource) return say("overview.to-battery", { name: node.name });
  if (node.kind === "unexplained") return say("overview.unexplained");
  return node.name;
}

export function PowerNow() {
  const say = useSay();
  const language = useLanguage();
  const site = useSite();
  const { live, receivedMs } = useLive(site.id);
  const now = useNow();
  const [isTable, setTable] = useState(false);
  const mayMove = useMayMove();
  const [isHouse, setHouse] = useHouse();
  if (!live) return null;
  // The server's clock and this one may differ; ages are counted from when the snapshot came.
  const skewMs = receivedMs - Date.parse(live.at);
  const found = balance(fresh(live.nodes, now, skewMs));
  const without = found.unknown.map((each) => each.name).join(", ");
  const isUnknown = found.uses.length === 0 && found.unknown.length > 0;
  const note = isUnknown ? say("overview.in-use.unknown") : without ? say("overview.in-use.without", { power: text(power(found.used_w, language)), names: without }) : say("overview.in-use", { power: text(power(found.used_w, language)) });
  const flow = <Flow found={found} live={live} now={now} skewMs={skewMs} zone={site.timezone} />;
  return (
    <Card
      id="flow"
      title={say("overview.power-now")}
      note={note}
      className="flex flex-col"
      end={
        <>
          {mayMove && !isTable && <Views isHouse={isHouse} onChange={setHouse} />}
          <LinkButton onClick={() => setTable(!isTable)}>{say(isTable ? "overview.show-picture" : "overview.show-table")}</LinkButton>
        </>
      }
    >
      {isTable ? <FlowTable found={found} /> : mayMove && isHouse ? <Moving nodes={fresh(live.nodes, now, skewMs)} found={found} flow={flow} onLost={() => setHouse(false)} /> : flow}
    </Card>
  );
}

const KEPT = "enerwise.house";

/** Which picture was looked at last, kept in this browser. */
function useHouse(): readonly [boolean, (isHouse: boolean) => void] {
  const [isHouse, setHouse] = useState(() => localStorage.getItem(KEPT) === "yes");
  return [isHouse, (wanted) => {
    localStorage.setItem(KEPT, wanted ? "yes" : "no");
    setHouse(wanted);
  }];
}

function Views({ isHouse, onChange }: { readonly isHouse: boolean; readonly onChange: (isHouse: boolean) => void }) {
  const say = useSay();
  return (
    <Segmented
      label={say("overview.view")}
      value={isHouse ? "house" : "picture"}
      options={[{ value: "picture", label: say("overview.view.picture") }, { value: "house", label: say("overview.view.house") }]}
      onChange={(wanted) => onChange(wanted === "house")}
    />
  );
}

interface FlowProps {
  readonly found: Balance;
  readonly live: NonNullable<ReturnType<typeof useLive>["live"]>;
  readonly now: number;
  readonly skewMs: number;
  readonly zone: string;
}

function Flow({ found, live, now, skewMs, zone }: FlowProps) {
  const say = useSay();
  const site = useSite();
  const language = useLanguage();
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const measured = box.current;
    if (!measured) return;
    const watcher = new ResizeObserver(() => setSize({ width: measured.clientWidth, height: measured.clientHeight }));
    watcher.observe(measured);
    // Dots rest while nobody can see them.
    const seen = new IntersectionObserver(([entry]) => measured.classList.toggle("is-hidden", !entry?.isIntersecting));
    seen.observe(measured);
    return () => {
      watcher.disconnect();
      seen.disconnect();
    };
  }, []);
  const notes = (node: LiveNode): ReactNode => {
    if (node.kind === "unexplained") return <Link className="underline" to="/devices" search={{ site: site.id }}>{say("overview.check-meter")}</Link>;
    const late = ageS(node, now, skewMs);
    if (late > OLD_S) return node.read_at === null ? say("overview.never-read") : say("overview.last", { time: clock(node.read_at, zone, language) });
    if (late > LATE_S) return age(late);
    if (node.kind === "battery" && node.soc_ratio !== null && node.soc_ratio !== undefined) return say("overview.full", { level: percent(node.soc_ratio, language) });
    if (node.kind === "grid") return price((node.power_w ?? 0) < 0 ? live.price.export_eur_per_kwh : live.price.import_eur_per_kwh, language);
    if (node.today_kwh !== null && node.today_kwh !== undefined) return say("overview.kwh-today", { energy: text(energy(node.today_kwh, language)) });
    return null;
  };
  const isGiving = (node: LiveNode) => node.kind === "pv" || node.kind === "battery" || node.kind === "grid";
  const side = (ends: readonly End[], isSource: boolean) => {
    const known = ends.map(({ node, size_w }) => ({ node, name: nameOf(node, isSource, say), sizeW: size_w as number | null }));
    const missing = found.unknown.filter((node) => isGiving(node) === isSource).map((node) => ({ node, name: node.kind === "grid" ? say("overview.grid") : node.name, sizeW: null }));
    const order = isSource ? SOURCE_ORDER : USE_ORDER;
    const cards = [...known, ...missing].sort((a, b) => order.indexOf(a.node.kind) - order.indexOf(b.node.kind));
    return (
      <div className="flow-side" data-end={isSource ? undefined : ""} data-many={cards.length > 3 ? "" : undefined}>
        {cards.map(({ node, name, sizeW }) => (
          <NodeCard key={node.id} node={node} name={name} sizeW={sizeW} note={notes(node)} isLate={sizeW === null || ageS(node, now, skewMs) > LATE_S} isSource={isSource} />
        ))}
      </div>
    );
  };
  return (
    <div className="flow" ref={box}>
      <Ribbons box={box} found={found} size={size} />
      {side(found.sources, true)}
      {side(found.uses, false)}
    </div>
  );
}

interface NodeProps {
  readonly node: LiveNode;
  readonly name: string;
  readonly sizeW: number | null;
  readonly note: ReactNode;
  readonly isLate: boolean;
  readonly isSource: boolean;
}

function NodeCard({ node, name, sizeW, note, isLate, isSource }: NodeProps) {
  const say = useSay();
  const language = useLanguage();
  const unit = useRef<string | undefined>(undefined);
  const amount = power(sizeW, language, unit.current);
  unit.current = amount.unit;
  return (
    <div className="node" data-node={node.id} data-source={isSource || undefined}>
      <span className="node-icon" style={{ color: `var(--${COLOUR[node.kind]}-ink)` }}><Icon name={ICON[node.kind]} size={24} /></span>
      <span className="node-name"><span className="vh">{say(isSource ? "overview.source" : "overview.use")} </span>{name}</span>
      <span className="node-value" data-late={isLate || undefined}><Big amount={amount} /></span>
      {note && <small>{note}</small>}
    </div>
  );
}

function FlowTable({ found }: { readonly found: Balance }) {
  const say = useSay();
  const language = useLanguage();
  const rows = [...found.sources.map((end) => ({ end, isSource: true })), ...found.uses.map((end) => ({ end, isSource: false }))];
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={say("overview.power-now")}>
      <table className="data-table">
        <thead><tr><th>{say("overview.table.what")}</th><th>{say("overview.table.way")}</th><th className="num">{say("overview.table.power")}</th></tr></thead>
        <tbody>
          {rows.map(({ end, isSource }) => (
            <tr key={end.node.id}><td>{nameOf(end.node, isSource, say)}</td><td>{say(isSource ? "overview.table.gives" : "overview.table.takes")}</td><td className="num">{text(power(end.size_w, language))}</td></tr>
          ))}
          {found.unknown.map((node) => <tr key={node.id}><td>{node.name}</td><td>{say("overview.table.unknown")}</td><td className="num">–</td></tr>)}
        </tbody>
      </table>
    </div>
  );
}
