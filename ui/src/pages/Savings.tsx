/** Savings: a month or a year in one sentence, then bars, comparisons, the bill to come, and the data behind them. */
import { Refused } from "../api/client";
import { Big, Shape, Stat, Stats } from "../components/parts";
import { Trouble } from "../components/troubles";
import { useSearchPart, useWriteSearch } from "../charts/kit";
import { type Speech, useSpeech } from "../charts/say";
import type { Savings as SavingsShape } from "../charts/shapes";
import { useSite } from "../hooks/session";
import { useSiteMinute } from "./PlanQueries";
import "./Savings.css";
import { SavingsBars } from "./SavingsBars";
import { SavingsAccuracy, SavingsDownloads, SavingsGaps } from "./SavingsData";
import { SavingsHead } from "./SavingsHead";
import { SavingsLong } from "./SavingsLong";
import { SavingsBaselines, SavingsBill, SavingsDevices } from "./SavingsMoney";
import { useSavings } from "./SavingsQueries";
import { headline, noPlanning, type Period, periodKey, periodName, periodOf } from "./SavingsText";

export function Savings() {
  const { timezone } = useSite();
  const nowMs = useSiteMinute();
  const [month] = useSearchPart("month");
  const [year] = useSearchPart("year");
  const write = useWriteSearch();
  const period = periodOf(month, year, nowMs, timezone);
  const found = useSavings(period);
  const choose = (wanted: Period): void => write(wanted.kind === "year" ? { year: periodKey(wanted), month: null } : { year: null, month: periodKey(wanted) });
  const head = { period, nowMs, zone: timezone, onPeriod: choose };
  if (found.data) return <View savings={found.data} {...head} />;
  if (found.isError) return <Missing error={found.error} onRetry={() => void found.refetch()} {...head} />;
  return <Shapes />;
}

interface Head {
  readonly period: Period;
  readonly nowMs: number;
  readonly zone: string;
  readonly onPeriod: (period: Period) => void;
}

function View({ savings, ...head }: Head & { readonly savings: SavingsShape }) {
  const speech = useSpeech();
  const { period, nowMs, zone, onPeriod } = head;
  const { say, formats, locale } = speech;
  const name = periodName(period, nowMs, zone, locale);
  const base = noPlanning(savings);
  const isEmpty = savings.bars.every((bar) => bar.paid_eur === null);
  const isEarning = savings.paid_eur < -0.004;
  const lead = base && !isEmpty ? say(isEarning ? "savings.leadEarned" : "savings.lead", { paid: formats.moneySize(savings.paid_eur), without: isEarning && base.cost_eur < 0 ? formats.moneySize(base.cost_eur) : money(base.cost_eur) }) : null;
  function money(eur: number): string {
    return eur < -0.004 ? say("savings.earns", { money: formats.moneySize(eur) }) : formats.money(eur);
  }
  if (isEmpty) {
    return (
      <>
        <SavingsHead title={say("savings.titleNone", { month: name })} lead={say("savings.none", { month: name })} {...head} />
        <SavingsGaps savings={savings} />
        <SavingsLong nowMs={nowMs} />
      </>
    );
  }
  return (
    <>
      <SavingsHead title={headline(savings, period, nowMs, zone, speech)} lead={lead} {...head} />
      <Stats label={say("savings.totals")}>
        <Stat label={say(isEarning ? "savings.earned" : "savings.paid")} value={formats.moneySize(savings.paid_eur)} note={base && say("savings.withoutIt", { money: money(base.cost_eur) })} />
        <Stat label={say("savings.own")} value={<Big amount={formats.percentAmount(savings.own_power_ratio)} />} note={say("savings.ownMore")} />
        <Stat label={say("savings.self")} value={<Big amount={formats.percentAmount(savings.self_use_ratio)} />} note={savings.self_use_ratio === null ? undefined : say("savings.selfMore", { share: formats.percent(savings.self_use_ratio) })} />
        <Stat label={say("savings.carbon")} value={<Big amount={formats.massAmount(savings.carbon_kg)} />} note={carbonNote(savings, speech)} />
      </Stats>
      <SavingsBars savings={savings} name={name} onOpen={period.kind === "year" ? (day) => onPeriod({ kind: "month", year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)) }) : undefined} />
      <div className="savings-two">
        <SavingsBaselines savings={savings} />
        <SavingsBill savings={savings} />
      </div>
      <div className="savings-two">
        <SavingsDevices savings={savings} />
        <SavingsAccuracy savings={savings} />
      </div>
      <div className="savings-two">
        <SavingsGaps savings={savings} />
        <SavingsDownloads month={period.kind === "month" ? periodKey(period) : null} monthName={name} />
      </div>
      <SavingsLong nowMs={nowMs} />
    </>
  );
}

function Missing({ error, onRetry, ...head }: Head & { readonly error: unknown; readonly onRetry: () => void }) {
  const { say } = useSpeech();
  const status = error instanceof Refused ? error.problem.status : 0;
  const kind = status === 403 ? "forbidden" : "error";
  const code = error instanceof Refused ? error.problem.code : "no-contact";
  return (
    <>
      <SavingsHead title={say(`savings.${kind}.title`)} lead={say(`savings.${kind}`, { code })} {...head} />
      {kind === "error" && <Trouble error={error} onRetry={onRetry} />}
    </>
  );
}

function Shapes() {
  const { say } = useSpeech();
  return (
    <div className="savings-shapes" role="status" aria-label={say("savings.loading")}>
      <h1 className="vh">{say("savings.loading")}</h1>
      <Shape height={68} />
      <Shape height={110} />
      <Shape height={360} />
      <Shape height={320} />
    </div>
  );
}

/** With the factor and its source, where the reader has the server's language; else in short. */
function carbonNote(savings: SavingsShape, { say, language }: Speech): string {
  if (savings.carbon_note && language === "en") return savings.carbon_note;
  return say(savings.carbon_kg === null ? "savings.carbonUnknown" : "savings.carbonMore");
}
