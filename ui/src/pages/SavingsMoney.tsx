/** Money of a month explained: named comparisons, the bill to come, and what devices cost. */
import { Card } from "../components/parts";
import { named, type Speech, useSpeech } from "../charts/say";
import type { BillLine, Savings } from "../charts/shapes";

/** What was paid beside what it would have been: one bar each, on one scale. */
export function SavingsBaselines({ savings }: { readonly savings: Savings }) {
  const { say, formats, language } = useSpeech();
  const rows = [
    { name: "paid", label: say("savings.base.youPaid"), cost: savings.paid_eur, saved: null, text: null },
    ...savings.baselines.map((base) => ({ name: base.name as string, label: say(`savings.base.${base.name}`), cost: base.cost_eur, saved: base.saved_eur, text: base.text[language] })),
  ];
  const most = Math.max(0.01, ...rows.map((row) => Math.abs(row.cost)));
  return (
    <Card id="baselines" title={say("savings.baselines")}>
      <ul className="savings-bases">
        {rows.map((row) => (
          <li key={row.name} data-name={row.name}>
            <span className="label">{row.label}</span>
            <span className="sum">{row.cost < -0.004 ? say("savings.earns", { money: formats.moneySize(row.cost) }) : formats.money(row.cost)}</span>
            <span className="bar" aria-hidden="true"><i style={{ width: `${(Math.abs(row.cost) / most) * 100}%` }} /></span>
            {row.saved !== null && (
              <small>
                <strong>{say(row.saved < -0.004 ? "savings.base.more" : "savings.base.saved", { money: formats.moneySize(row.saved) })}</strong>
                {row.text && <> {row.text}</>}
              </small>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Every line of the bill to come, fixed fees and tax apart, and their sum. */
export function SavingsBill({ savings }: { readonly savings: Savings }) {
  const speech = useSpeech();
  const { say, formats } = speech;
  return (
    <Card id="bill" title={say("savings.bill")} note={say("savings.billLead")}>
      <div className="table-box" tabIndex={0} role="group" aria-label={say("savings.bill")}>
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">{say("savings.col.item")}</th>
              <th scope="col" className="num">{say("savings.col.amount")}</th>
              <th scope="col" className="num">{say("savings.col.unitPrice")}</th>
              <th scope="col" className="num">{say("savings.col.sum")}</th>
            </tr>
          </thead>
          <tbody>
            {savings.bill.map((line) => (
              <tr key={line.name}>
                <td>{itemName(line.name, speech)}</td>
                <td className="num">{amountOf(line, speech)}</td>
                <td className="num">{priceOf(line, speech)}</td>
                <td className="num">{line.amount_eur < -0.004 ? say("savings.earns", { money: formats.moneySize(line.amount_eur) }) : formats.money(line.amount_eur)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={3}>{say("savings.total")}</th>
              <td className="num">{savings.total_eur < -0.004 ? say("savings.earns", { money: formats.moneySize(savings.total_eur) }) : formats.money(savings.total_eur)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
    </Card>
  );
}

/** A line in words; a demand charge keeps the name its tariff gave it. */
function itemName(name: string, speech: Speech): string {
  const demand = name.match(/^demand (.+)$/);
  return demand ? speech.say("savings.item.demand", { name: demand[1] }) : named(speech, "savings.item", name);
}

function amountOf(line: BillLine, speech: Speech): string {
  if (line.quantity === null) return "";
  if (line.unit === "%") return speech.formats.percent(line.quantity / 100);
  if (line.unit === "kWh") return speech.formats.energy(line.quantity);
  return `${speech.formats.number(line.quantity)} ${named(speech, "savings.unit", line.unit)}`;
}

function priceOf(line: BillLine, { say, formats }: Speech): string {
  if (line.price === null) return "";
  if (line.unit === "kWh") return say("charts.priceValue", { price: formats.ct(Math.abs(line.price)) });
  return formats.money(line.price);
}

export function SavingsDevices({ savings }: { readonly savings: Savings }) {
  const { say, formats } = useSpeech();
  return (
    <Card id="devices" title={say("savings.devices")}>
      {savings.devices.length === 0 ? (
        <p className="text-ink-2">{say("savings.devicesNone")}</p>
      ) : (
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">{say("savings.col.device")}</th>
              <th scope="col" className="num">{say("savings.col.energy")}</th>
              <th scope="col" className="num">{say("savings.col.cost")}</th>
            </tr>
          </thead>
          <tbody>
            {savings.devices.map((device) => (
              <tr key={device.asset}>
                <td>{device.name}</td>
                <td className="num">{formats.energy(device.energy_kwh)}</td>
                <td className="num">{device.cost_eur < -0.004 ? say("savings.earns", { money: formats.moneySize(device.cost_eur) }) : formats.money(device.cost_eur)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
