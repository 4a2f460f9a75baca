/** The same plan in words: a table on a desktop, a list on a phone. */
import { Card } from "../components/parts";
import { isTold } from "../charts/planModel";
import { useSpeech } from "../charts/say";
import type { Plan, PlanRow } from "../charts/shapes";
import { clock, dayStart, weekday } from "../charts/time";
import { type Found, toldRows } from "./PlanText";

interface Props {
  readonly plan: Plan;
  readonly nowMs: number;
  readonly isPhone: boolean;
  readonly onOpen: (blockId: string) => void;
}

export function PlanWords(props: Props) {
  const { say } = useSpeech();
  return (
    <Card id="words" title={say("plan.words")} note={say("plan.words.lead")}>
      {props.isPhone ? <List {...props} /> : <Table {...props} />}
    </Card>
  );
}

function Table({ plan, nowMs }: Props) {
  const { say, language, formats } = useSpeech();
  const lanes = plan.lanes.filter((lane) => isTold(lane) && plan.table.some((row) => row.words[lane.asset]));
  const rows = plan.table.filter((row) => Date.parse(row.end) > nowMs);
  return (
    <div className="table-box" tabIndex={0} role="group" aria-label={say("plan.words")}>
      <table className="data-table plan-table">
        <thead>
          <tr>
            <th scope="col">{say("plan.col.time")}</th>
            <th scope="col" className="num">{say("plan.col.price")}</th>
            {lanes.map((lane) => <th key={lane.asset} scope="col">{lane.name}</th>)}
            <th scope="col" className="num">{say("plan.col.grid")}</th>
            <th scope="col" className="num">{say("plan.col.cost")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const isNow = Date.parse(row.start) <= nowMs;
            return (
              <tr key={row.start} className={isNow ? "is-now" : undefined} aria-current={isNow ? "time" : undefined}>
                <th scope="row"><Span row={row} isNow={isNow} zone={plan.timezone} /></th>
                <td className="num">{priceSpan(row, formats.ct)}</td>
                {lanes.map((lane) => <td key={lane.asset}>{row.words[lane.asset]?.[language] ?? "–"}</td>)}
                <td className="num">{row.grid_kwh < -0.049 ? say("plan.sells", { energy: formats.energy(row.grid_kwh) }) : formats.energy(Math.max(0, row.grid_kwh))}</td>
                <td className="num">{row.cost_eur < -0.004 ? say("plan.earns", { money: formats.moneySize(row.cost_eur) }) : formats.money(row.cost_eur)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Span({ row, isNow, zone }: { readonly row: PlanRow; readonly isNow: boolean; readonly zone: string }) {
  const { say } = useSpeech();
  const to = clock(Date.parse(row.end), zone);
  return <>{isNow ? say("plan.row.now", { to }) : say("plan.row.span", { from: clock(Date.parse(row.start), zone), to })}</>;
}

function priceSpan(row: PlanRow, ct: (price: number) => string): string {
  const low = ct(row.price_low);
  const high = ct(row.price_high);
  return low === high ? `${low} ct` : `${low}–${high} ct`;
}

function List({ plan, nowMs, onOpen }: Props) {
  const { say, language, formats, locale } = useSpeech();
  return (
    <ul className="plan-list">
      {toldRows(plan, nowMs).map(({ row, main, others }) => {
        const start = Date.parse(row.start);
        const isLater = dayStart(start, plan.timezone) > dayStart(nowMs, plan.timezone);
        const hasCost = Math.abs(row.cost_eur) >= 0.005;
        const cost = row.cost_eur < 0 ? say("plan.earns", { money: formats.moneySize(row.cost_eur) }) : formats.money(row.cost_eur);
        const words = ({ lane }: Found): string => say("plan.told", { device: lane.name, words: row.words[lane.asset]?.[language] ?? "" });
        return (
          <li key={row.start}>
            <button type="button" onClick={() => onOpen(main.block.id)}>
              <time dateTime={row.start}>
                {start <= nowMs ? say("plan.now.word") : clock(start, plan.timezone)}
                {isLater && <small>{weekday(start, plan.timezone, locale, "short")}</small>}
              </time>
              <b>{words(main)}</b>
              <em>{hasCost ? cost : priceSpan(row, formats.ct)}</em>
              <span>{others.map(words).join(" · ")}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
