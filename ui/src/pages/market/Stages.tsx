/** Money by how far it has come: offered, matched, delivered, settled. A sum never stands without its state. */
import { deviationEur, stageMoney } from "../../charts/marketModel";
import type { Own, StageSum } from "../../charts/marketShapes";
import { useSpeech } from "../../charts/say";

const STAGES = ["offered", "matched", "delivered", "settled"] as const;

export function Stages({ own }: { readonly own: Own }) {
  const { say } = useSpeech();
  return (
    <section aria-label={say("market.stages")}>
      <dl className="card nums market-stages">
        {STAGES.map((stage) => <StageMoney key={stage} own={own} stage={stage} />)}
      </dl>
    </section>
  );
}

function StageMoney({ own, stage }: { readonly own: Own; readonly stage: StageSum["stage"] }) {
  const { say, formats } = useSpeech();
  const sum = stageMoney(own.stages, stage);
  const beside = stage === "settled" ? deviationEur(own) : 0;
  return (
    <div>
      <dt><i data-is={stage} aria-hidden="true" />{say(`market.stage.${stage}`)}</dt>
      <dd className="n">{sum.slots === 0 ? formats.moneySize(0) : formats.moneySize(sum.eur)}</dd>
      <dd className="s">
        {sum.slots === 0
          ? say(`market.stage.${stage}.none`)
          : say(`market.stage.${stage}.${sum.way}`, { energy: formats.energy(sum.kwh), count: sum.slots })}
      </dd>
      {Math.abs(beside) >= 0.005 && <dd className="s">{say(beside > 0 ? "market.stage.settled.cost" : "market.stage.settled.brought", { money: formats.moneySize(beside) })}</dd>}
    </div>
  );
}
