/** What changed since the plan before: each piece of news, what it did to the cost, and what moved because of it. */
import { Strong } from "../charts/kit";
import { useSpeech } from "../charts/say";
import type { Plan, PlanWhy, Reason } from "../charts/shapes";
import { useWhy } from "./PlanQueries";

/** News of people rather than of forecasts: they stand in the plan itself. */
const ASKED: readonly string[] = ["goal", "override"];

interface Line {
  readonly first: Reason;
  readonly second: Reason | null;
}

type News = NonNullable<PlanWhy["news"]>;

/** What is told of a plan before: by the reckoned news where they are there, by what the plan itself says until then. */
export function useNews(plan: Plan): { readonly news: News | null; readonly count: number; readonly isPending: boolean } {
  const found = useWhy(plan.id);
  const news = found.data?.news ?? null;
  return { news, count: news ? causesOf(plan, news).length : plan.changes.length, isPending: found.isPending };
}

/** Every piece of news with its effect; that the plan looks further ahead is news only where it moved something. */
function causesOf(plan: Plan, news: News): readonly Line[] {
  const told = news.causes.filter((cause) => cause.group !== "horizon" || news.moves.some((move) => move.group === "horizon"));
  return [
    ...plan.changes.filter((change) => ASKED.includes(change.code)).map((first) => ({ first, second: null })),
    ...told.map(({ what, effect }) => ({ first: what, second: effect })),
    ...news.forecasters.map((first) => ({ first, second: null })),
  ];
}

export function PlanNews({ plan, news, isPending }: { readonly plan: Plan; readonly news: News | null; readonly isPending: boolean }) {
  const { say } = useSpeech();
  return (
    <>
      <p className="text-ink-2 mb-3">{say("plan.changedLead")}</p>
      {news ? <Told plan={plan} news={news} /> : <Lines lines={plan.changes.map((first) => ({ first, second: null }))} />}
      {isPending && <p role="status" className="plan-hint mt-3">{say("plan.news.reckoning")}</p>}
    </>
  );
}

function Told({ plan, news }: { readonly plan: Plan; readonly news: News }) {
  const { say } = useSpeech();
  const rest = news.together ? [{ first: news.together, second: null }] : [];
  return (
    <>
      <h3 className="plan-news-head">{say("plan.news.causes")}</h3>
      <Lines lines={[...causesOf(plan, news), ...rest]} />
      {news.moves.length > 0 && (
        <>
          <h3 className="plan-news-head">{say("plan.news.moves")}</h3>
          <Lines lines={news.moves.map(({ what, owed }) => ({ first: what, second: owed }))} />
        </>
      )}
    </>
  );
}

function Lines({ lines }: { readonly lines: readonly Line[] }) {
  const { language } = useSpeech();
  return (
    <ol className="plan-reasons">
      {lines.map(({ first, second }) => (
        <li key={first.code + first.text.en}>
          <span>
            <Strong text={first.text[language]} />
            {second && <small className="plan-effect">{second.text[language]}</small>}
          </span>
        </li>
      ))}
    </ol>
  );
}
