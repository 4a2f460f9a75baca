/** One block explained: energy, cost, ranked reasons, what limits it, the alternative, and three ways to change it. */
import { type ReactNode, useState } from "react";

import { Button } from "../components/parts";
import { useTrouble } from "../components/troubles";
import { Strong } from "../charts/kit";
import { RoleMark } from "../charts/marks";
import { ink, roleOf } from "../charts/paint";
import { named, useSpeech } from "../charts/say";
import type { Block, BlockAction, Plan } from "../charts/shapes";
import { clock, dayWords } from "../charts/time";
import { isStopped, useOverride } from "../hooks/commands";
import { useMay } from "../hooks/session";
import { PlanMove } from "./PlanMove";
import { useWhy } from "./PlanQueries";
import { askedAction, blockPowerW, blockTime, blockTitle, type Found, levelAfter, lengthWords, restAction, toldReasons } from "./PlanText";

interface Props {
  readonly plan: Plan;
  readonly found: Found;
  readonly nowMs: number;
  readonly state: string | undefined;
  readonly hasTitle?: boolean;
}

/** The whole panel; the sheet of a phone brings its own title. */
export function PlanPick({ plan, found, nowMs, state, hasTitle = true }: Props) {
  const speech = useSpeech();
  const { block, lane } = found;
  const role = roleOf(lane.kind);
  return (
    <>
      <p className="plan-when" style={{ color: ink(role) }}>
        <RoleMark role={role} size={20} />
        {blockTime(block, nowMs, plan.timezone, speech)}
      </p>
      {hasTitle && <h2 id="h-pick" className="plan-pick-title">{blockTitle(block, lane, speech)}</h2>}
      <Facts plan={plan} block={block} />
      <Why plan={plan} block={block} />
      <Acts key={block.id} plan={plan} found={found} nowMs={nowMs} state={state} />
    </>
  );
}

function Facts({ plan, block }: { readonly plan: Plan; readonly block: Block }) {
  const { say, formats } = useSpeech();
  const level = levelAfter(plan, block);
  const isEarning = block.cost_eur < -0.004;
  return (
    <dl className="plan-facts">
      <Fact label={say("plan.energy")}>{formats.energy(block.energy_kwh)}</Fact>
      <Fact label={say(isEarning ? "plan.blockEarns" : "plan.blockCost")}>{formats.moneySize(block.cost_eur)}</Fact>
      {block.average_price_eur_per_kwh !== null && <Fact label={say("plan.average")}>{say("charts.priceValue", { price: formats.ct(block.average_price_eur_per_kwh) })}</Fact>}
      {level !== null && <Fact label={say("plan.levelEnd")}>{formats.percent(level)}</Fact>}
    </dl>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Why({ plan, block }: { readonly plan: Plan; readonly block: Block }) {
  const speech = useSpeech();
  const { say, language } = speech;
  const told = toldReasons(block, language);
  const why = useWhy(plan.id).data?.blocks.find((each) => each.block === block.id);
  const limits = why?.limits.map((limit) => limit.text[language]) ?? [];
  const shown = limits.length > 0 ? limits : block.binding.map((limit) => named(speech, "plan.limit", limit));
  return (
    <>
      {told.length > 0 && (
        <ol className="plan-reasons" aria-label={say("plan.reasons")}>
          {told.map((text) => (
            <li key={text}>
              <span><Strong text={text} /></span>
            </li>
          ))}
        </ol>
      )}
      {shown.length > 0 && (
        <div className="plan-binding">
          <h3>{say("plan.binding")}</h3>
          <ul>{shown.map((text) => <li key={text}><Strong text={text} /></li>)}</ul>
        </div>
      )}
      {why?.elsewhere && (
        <div className="plan-binding">
          <h3>{say("plan.elsewhere")}</h3>
          <p><Strong text={why.elsewhere.text[language]} /></p>
        </div>
      )}
    </>
  );
}

/** Move, Now instead, Skip: each makes an override that ends by itself; a tick comes only with the answer. */
function Acts({ plan, found, nowMs, state }: Omit<Props, "hasTitle">) {
  const { say, locale } = useSpeech();
  const { block, lane } = found;
  const may = useMay()("control");
  const told = useTrouble();
  const override = useOverride();
  const [asked, setAsked] = useState<BlockAction | null>(null);
  const [isMoving, setMoving] = useState(false);
  if (block.actions.length === 0 || Date.parse(block.end) <= nowMs) return null;
  const lengthMs = Date.parse(block.end) - Date.parse(block.start);
  const reason = (key: string): string => say(key);
  const send = (action: BlockAction, startMs: number, powerW: number | null): void => {
    const isSkip = action === "skip";
    setAsked(action);
    override.mutate({
      asset: block.asset,
      action: isSkip ? restAction(lane.kind) : askedAction(block, lane.kind),
      power_w: isSkip ? null : powerW,
      from: new Date(startMs).toISOString(),
      until: new Date(isSkip ? Date.parse(block.end) : startMs + lengthMs).toISOString(),
      reason: reason(`plan.${action}`),
    } as Parameters<typeof override.mutate>[0]);
    setMoving(false);
  };
  const why = !may ? say("plan.denied") : isStopped(state) ? say("plan.stopped") : null;
  const until = override.data ? whenOf(override.data.until, plan.timezone, locale) : "";
  const starts = override.data ? whenOf(override.data.from, plan.timezone, locale) : "";
  return (
    <div className="plan-acts">
      {block.actions.map((action, k) => (
        <Button
          key={action}
          kind={k === 0 ? "primary" : "plain"}
          disabled={why !== null || override.isPending}
          onClick={() => (action === "move" ? setMoving(true) : send(action, action === "now" ? nowMs : Math.max(nowMs, Date.parse(block.start)), blockPowerW(block)))}
        >
          {say(`plan.${action}`)}
          {override.isPending && asked === action && `, ${say("plan.sending")}`}
        </Button>
      ))}
      {why && <p className="plan-hint">{why}</p>}
      <p role="status" className="plan-hint">
        {override.isSuccess && asked && say(`plan.done.${asked}`, { device: lane.name, time: asked === "move" ? starts : until })}
        {override.isError && say("plan.refused", { why: told(override.error) })}
      </p>
      {isMoving && (
        <PlanMove plan={plan} found={found} nowMs={nowMs} length={lengthWords(lengthMs)} onClose={() => setMoving(false)} onMove={(startMs, powerW) => send("move", startMs, powerW)} />
      )}
    </div>
  );
}

function whenOf(at: string, zone: string, locale: string): string {
  return `${dayWords(Date.parse(at), zone, locale)}, ${clock(Date.parse(at), zone)}`;
}
