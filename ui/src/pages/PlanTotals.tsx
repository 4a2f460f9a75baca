/** The four totals of a plan, and, before a goal is applied, what it would change about them. */
import type { UseMutationResult, UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Big, Button, Stat, Stats } from "../components/parts";
import { Trouble } from "../components/troubles";
import { useSpeech } from "../charts/say";
import type { Goal, Preview, Totals } from "../charts/shapes";
import { isEarned, rangeWords } from "./PlanText";

interface Props {
  readonly totals: Totals;
  /** The same totals under another goal; null while nothing is previewed or it is being worked out. */
  readonly preview: Totals | null;
}

export function PlanTotals({ totals, preview }: Props) {
  const speech = useSpeech();
  const { say, formats } = speech;
  const shown = preview ?? totals;
  const note = (now: string, shownText: string, plain: ReactNode): ReactNode => {
    if (!preview) return plain;
    return <span className="plan-was">{now === shownText ? say("plan.preview.same") : say("plan.preview.was", { value: now })}</span>;
  };
  const earns = isEarned(shown.cost_eur);
  const text = {
    cost: (one: Totals) => formats.moneySize(one.cost_eur),
    saved: (one: Totals) => formats.money(one.saved_eur),
    own: (one: Totals) => formats.percent(one.own_power_ratio),
    sold: (one: Totals) => formats.energy(one.sold_kwh),
  };
  function signed(eur: number): string {
    return isEarned(eur) ? say("plan.earns", { money: formats.moneySize(eur) }) : formats.money(eur);
  }
  return (
    <Stats label={say("plan.totals")}>
      <Stat label={say(earns ? "plan.earnings" : "plan.cost")} value={text.cost(shown)} note={note(text.cost(totals), text.cost(shown), rangeWords(shown, speech))} />
      <Stat label={say("plan.saved")} value={text.saved(shown)} note={note(text.saved(totals), text.saved(shown), say("plan.without", { cost: signed(shown.without_planning_eur) }))} />
      <Stat label={say("plan.own")} value={<Big amount={formats.percentAmount(shown.own_power_ratio)} />} note={note(text.own(totals), text.own(shown), say("plan.bought", { energy: formats.energy(shown.bought_kwh) }))} />
      <Stat label={say("plan.sold")} value={<Big amount={formats.energyAmount(shown.sold_kwh)} />} note={note(text.sold(totals), text.sold(shown), say("plan.earned", { money: formats.money(shown.earned_eur) }))} />
    </Stats>
  );
}

interface PreviewProps {
  readonly goal: Goal;
  readonly now: Goal;
  readonly found: UseQueryResult<Preview, unknown>;
  readonly apply: UseMutationResult<unknown, unknown, Goal>;
  readonly onKeep: () => void;
}

/** The bar that goes with a preview: what is shown, and the two ways on. Nothing moves before "Plan for". */
export function PlanPreview({ goal, now, found, apply, onKeep }: PreviewProps) {
  const { say } = useSpeech();
  const name = say(`plan.goal.${goal}`);
  const refused = found.data && !found.data.totals[goal] ? (found.data.refused[goal] ?? "") : null;
  return (
    <div className="notice plan-preview" role="status">
      <div className="text">{found.isPending ? say("plan.preview.loading", { goal: name }) : found.isError ? <Trouble error={found.error} onRetry={() => void found.refetch()} /> : refused === null ? say("plan.preview.note", { goal: name }) : say("plan.preview.refused", { goal: name, why: refused })}</div>
      <span className="end plan-preview-acts">
        <Button kind="primary" disabled={!found.data || refused !== null || apply.isPending} onClick={() => apply.mutate(goal)}>
          {say("plan.preview.apply", { goal: name })}
          {apply.isPending && `, ${say("plan.sending")}`}
        </Button>
        <Button onClick={onKeep}>{say("plan.preview.keep", { goal: say(`plan.goal.${now}`) })}</Button>
      </span>
      {apply.isError && <Trouble error={apply.error} />}
    </div>
  );
}

