/** The savings page's first sentence, and which month or year it is about. */
import { Button, Segmented } from "../components/parts";
import { useSpeech } from "../charts/say";
import { isAhead, monthsBack, moved, type Period, periodKey } from "./SavingsText";

interface Props {
  readonly title: string;
  readonly lead: string | null;
  readonly period: Period;
  readonly nowMs: number;
  readonly zone: string;
  readonly onPeriod: (period: Period) => void;
}

const MONTHS = 36;
const YEARS = 6;

export function SavingsHead({ title, lead, period, nowMs, zone, onPeriod }: Props) {
  const { say } = useSpeech();
  return (
    <div className="hero">
      <div>
        <h1>{title}</h1>
        {lead && <p>{lead}</p>}
      </div>
      <section className="savings-pick" aria-label={say("savings.view")}>
        <Segmented
          label={say("savings.view")}
          value={period.kind}
          options={[
            { value: "month", label: say("savings.view.month") },
            { value: "year", label: say("savings.view.year") },
          ]}
          onChange={(kind) => onPeriod(kind === "year" ? { kind, year: period.year } : (monthsBack(nowMs, zone, MONTHS).find((one) => one.year === period.year) ?? { kind, year: period.year, month: 1 }))}
        />
        <Choice period={period} nowMs={nowMs} zone={zone} onPeriod={onPeriod} />
      </section>
    </div>
  );
}

function Choice({ period, nowMs, zone, onPeriod }: Omit<Props, "title" | "lead">) {
  const { say, locale } = useSpeech();
  const year = new Date(nowMs).getUTCFullYear();
  const choices: Period[] = period.kind === "month" ? monthsBack(nowMs, zone, MONTHS) : Array.from({ length: YEARS }, (_, k) => ({ kind: "year", year: year - k }));
  const shown = choices.some((one) => periodKey(one) === periodKey(period)) ? choices : [...choices, period];
  const name = (one: Period): string => (one.kind === "year" ? String(one.year) : new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" }).format(Date.UTC(one.year, one.month - 1, 15)));
  const next = moved(period, 1);
  return (
    <div className="savings-choice">
      <Button aria-label={say(period.kind === "year" ? "savings.beforeYear" : "savings.beforeMonth")} onClick={() => onPeriod(moved(period, -1))}>‹</Button>
      <select className="input" aria-label={say(period.kind === "year" ? "savings.view.year" : "savings.month")} value={periodKey(period)} onChange={(event) => onPeriod(shown.find((one) => periodKey(one) === event.target.value) ?? period)}>
        {shown.map((one) => <option key={periodKey(one)} value={periodKey(one)}>{name(one)}</option>)}
      </select>
      <Button aria-label={say(period.kind === "year" ? "savings.afterYear" : "savings.afterMonth")} disabled={isAhead(next, nowMs, zone)} onClick={() => onPeriod(next)}>›</Button>
    </div>
  );
}
