/** The next 24 hours of a plan, small: price bars and device lanes. */
import { useMemo, useState } from "react";

import { nextHours, planModel } from "./planModel";
import { PlanChart } from "./PlanChart";
import type { Plan } from "./shapes";
import { useWidth } from "./useWidth";
import { useChartWords } from "./words";

interface Props {
  readonly plan: Plan;
  /** The site's time now; without it the time the plan was made. [ms] */
  readonly nowMs?: number;
  /** Width to fill; without it the chart takes the width of its box. [px] */
  readonly width?: number;
  readonly hours?: number;
  readonly compact?: boolean;
  readonly isTable?: boolean;
  readonly onTable?: (isTable: boolean) => void;
  readonly onOpen?: (blockId: string) => void;
}

const PANELS = ["price", "lanes"] as const;

/** Price and lanes from now on. `t` shows the table, so that no chart stands without one. */
export function NextDay({ plan, nowMs, width, hours = 24, compact = true, isTable, onTable, onOpen }: Props) {
  const { locale } = useChartWords();
  const [box, measured] = useWidth<HTMLDivElement>();
  const [ownTable, setOwnTable] = useState(false);
  const at = nowMs ?? Date.parse(plan.made_at);
  const model = useMemo(() => planModel(plan, at, locale, nextHours(at, hours)), [plan, at, locale, hours]);
  const room = width ?? measured;
  return (
    <div ref={box}>
      {room > 0 && (
        <PlanChart model={model} width={room} panels={PANELS} isCompact={compact} onOpen={onOpen} isTable={isTable ?? ownTable} onTable={onTable ?? setOwnTable} />
      )}
    </div>
  );
}
