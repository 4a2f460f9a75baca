/** Plan: what happens when and why, on one time axis, with ways to change it. */
import { useMemo, useState } from "react";

import { Card, Segmented } from "../components/parts";
import { Sheet } from "../components/Sheet";
import { ChartTools } from "../charts/ChartFrame";
import { useSearchPart } from "../charts/kit";
import { PlanChart, planTable } from "../charts/PlanChart";
import { planModel, planWindow } from "../charts/planModel";
import { useSpeech } from "../charts/say";
import type { Goal, Plan as PlanShape } from "../charts/shapes";
import { HOUR_MS } from "../charts/time";
import { useIsPhone } from "../charts/useIsPhone";
import { useWidth } from "../charts/useWidth";
import { useChartWords } from "../charts/words";
import { useMay, useSite } from "../hooks/session";
import { useLive } from "../live/live";
import { GOALS, PlanHead } from "./PlanHead";
import { PlanLegend } from "./PlanLegend";
import "./Plan.css";
import { PlanPick } from "./PlanPick";
import { useGoal, usePlan, usePreview, useSiteMinute } from "./PlanQueries";
import { knownRule, PlanMissing, PlanNotices, PlanShapes } from "./PlanStates";
import { blockTitle, findBlock, firstBlock } from "./PlanText";
import { PlanPreview, PlanTotals } from "./PlanTotals";
import { PlanWords } from "./PlanWords";

const PANELS = ["price", "power", "level", "warmth", "lanes"] as const;
const RANGES = ["12", "24", "plan", "all"] as const;
type Range = (typeof RANGES)[number];

export function Plan() {
  const { id } = useSite();
  const { live } = useLive(id);
  const found = usePlan();
  const nowMs = useSiteMinute();
  const rule = knownRule(found.data?.failure?.mode || live?.mode.in_force);
  if (found.data) return <PlanView plan={found.data} nowMs={nowMs} state={live?.state} failed={found.data.failure?.why ?? found.data.failed ?? live?.plan.failed ?? null} rule={rule} />;
  if (found.isError) return <PlanMissing error={found.error} onRetry={() => void found.refetch()} rule={rule} />;
  return <PlanShapes />;
}

interface ViewProps {
  readonly plan: PlanShape;
  readonly nowMs: number;
  readonly state: string | undefined;
  readonly failed: string | null;
  readonly rule: string | undefined;
}

function PlanView({ plan, nowMs, state, failed, rule }: ViewProps) {
  const speech = useSpeech();
  const isPhone = useIsPhone();
  const may = useMay();
  const [blockId, setBlockId] = useSearchPart("block");
  const now: Goal = GOALS.find((goal) => goal === plan.goal) ?? "cost";
  const [wanted, setWanted] = useState<Goal | null>(null);
  const preview = usePreview(wanted !== null);
  const apply = useGoal(() => setWanted(null));
  const chosen = findBlock(plan, blockId);
  const shown = chosen ?? (isPhone ? null : firstBlock(plan, nowMs));
  return (
    <>
      <PlanHead plan={plan} nowMs={nowMs} goal={wanted ?? now} isLocked={!may("control") || apply.isPending} onGoal={(goal) => setWanted(goal === now ? null : goal)} />
      <PlanNotices plan={plan} failed={failed} rule={rule} nowMs={nowMs} />
      {wanted && <PlanPreview goal={wanted} now={now} found={preview} apply={apply} onKeep={() => setWanted(null)} />}
      <PlanTotals totals={plan.totals} preview={wanted ? (preview.data?.totals[wanted] ?? null) : null} />
      <div className="plan-row">
        <HourByHour plan={plan} nowMs={nowMs} selectedId={shown?.block.id ?? null} onOpen={setBlockId} />
        {!isPhone && (
          <aside className="card plan-pick" aria-label={speech.say("plan.reasons")}>
            {shown ? <PlanPick plan={plan} found={shown} nowMs={nowMs} state={state} /> : <p className="text-ink-2">{speech.say("plan.pick.none")}</p>}
          </aside>
        )}
      </div>
      <PlanWords plan={plan} nowMs={nowMs} isPhone={isPhone} onOpen={setBlockId} />
      {isPhone && chosen && (
        <Sheet title={blockTitle(chosen.block, chosen.lane, speech)} isOpen onClose={() => setBlockId(null)}>
          <PlanPick plan={plan} found={chosen} nowMs={nowMs} state={state} hasTitle={false} />
        </Sheet>
      )}
    </>
  );
}

function HourByHour({ plan, nowMs, selectedId, onOpen }: { readonly plan: PlanShape; readonly nowMs: number; readonly selectedId: string | null; readonly onOpen: (id: string) => void }) {
  const { say, locale } = useSpeech();
  const words = useChartWords();
  const [box, width] = useWidth<HTMLDivElement>();
  const [isTable, setTable] = useState(false);
  const [range, setRange] = useSearchPart("range");
  const shown: Range = RANGES.find((one) => one === range) ?? "plan";
  const model = useMemo(() => {
    if (shown === "all") return planModel(plan, nowMs, locale);
    if (shown === "plan") return planModel(plan, nowMs, locale, planWindow(nowMs, plan.timezone));
    return planModel(plan, nowMs, locale, { fromMs: nowMs - HOUR_MS, toMs: nowMs + Number(shown) * HOUR_MS });
  }, [plan, nowMs, locale, shown]);
  const tools = <ChartTools isTable={isTable} onTable={setTable} table={() => planTable(model, words)} fileName={`plan-${plan.made_at.slice(0, 16)}.csv`} />;
  return (
    <Card id="hours" title={say("plan.chart")} end={tools}>
      <div ref={box} className="plan-chart">
        {width > 0 && <PlanChart model={model} width={width} panels={PANELS} selectedId={selectedId} onOpen={onOpen} isTable={isTable} onTable={setTable} />}
      </div>
      <div className="plan-foot">
        <PlanLegend hasPast={model.plannedGridW.some((value) => value !== null)} />
        <Segmented label={say("plan.range.label")} value={shown} options={RANGES.map((value) => ({ value, label: say(`plan.range.${value}`) }))} onChange={(value) => setRange(value === "plan" ? null : value)} />
      </div>
    </Card>
  );
}
