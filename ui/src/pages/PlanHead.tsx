/** The plan page's first sentence, what changed, and what matters most. */
import { useState } from "react";

import { LinkButton, Segmented } from "../components/parts";
import { Sheet } from "../components/Sheet";
import { useSpeech } from "../charts/say";
import type { Goal, Plan } from "../charts/shapes";
import { clock, dayWords, DAY_MS, dayStart, weekday } from "../charts/time";
import { PlanNews, useNews } from "./PlanNews";
import { planEnd } from "./PlanText";

export const GOALS: readonly Goal[] = ["cost", "own_power", "carbon", "balanced"];

interface Props {
  readonly plan: Plan;
  readonly nowMs: number;
  readonly goal: Goal;
  readonly isLocked: boolean;
  readonly onGoal: (goal: Goal) => void;
}

export function PlanHead({ plan, nowMs, goal, isLocked, onGoal }: Props) {
  const { say, locale } = useSpeech();
  const end = planEnd(plan);
  const made = Date.parse(plan.made_at);
  const isToday = dayStart(made, plan.timezone) === dayStart(nowMs, plan.timezone);
  const day = end - nowMs < 6 * DAY_MS ? weekday(end, plan.timezone, locale) : dayWords(end, plan.timezone, locale);
  return (
    <div className="hero">
      <div>
        <h1>{say("plan.title", { day, time: clock(end, plan.timezone) })}</h1>
        <p className="plan-lead">
          {isToday ? say("plan.made", { time: clock(made, plan.timezone) }) : say("plan.madeDay", { day: dayWords(made, plan.timezone, locale), time: clock(made, plan.timezone) })}{" "}
          {plan.next_at && say("plan.next", { time: clock(Date.parse(plan.next_at), plan.timezone) })} <Changes plan={plan} />
        </p>
      </div>
      <section className="plan-goal" aria-label={say("plan.goal")}>
        <Segmented label={say("plan.goal")} value={goal} options={GOALS.map((value) => ({ value, label: say(`plan.goal.${value}`) }))} disabled={isLocked} onChange={onGoal} />
      </section>
    </div>
  );
}

function Changes({ plan }: { readonly plan: Plan }) {
  const { say } = useSpeech();
  const [isOpen, setOpen] = useState(false);
  const { news, count, isPending } = useNews(plan);
  if (count === 0) return <span aria-busy={isPending}>{say("plan.changed", { count })}.</span>;
  return (
    <>
      <span aria-busy={isPending}><LinkButton onClick={() => setOpen(true)}>{say("plan.changed", { count })}</LinkButton></span>
      <Sheet title={say("plan.changedTitle")} isOpen={isOpen} onClose={() => setOpen(false)}>
        <PlanNews plan={plan} news={news} isPending={isPending} />
      </Sheet>
    </>
  );
}
