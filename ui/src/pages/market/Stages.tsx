/** Money by how far it has come: offered, matched, delivered, settled. A sum never stands without its state. */
import { stageMoney } from "../../charts/marketModel";
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
  return (
    <div>
      <dt><i data-is={stage} aria-hidden="true" />{say(`market.stage.${stage}`)}</dt>
      <dd className="n">{sum.slots === 0 ? formats.moneySize(0) : formats.moneySize(sum.eur)}</dd>
      <dd className="s">
        {sum.slots === 0
          ? say(`market.stage.${stage}.none`)
          : say(`market.stage.${stage}.${sum.way}`, { energy: formats.energy(sum.kwh), count: sum.slots })}
      </dd>
    </div>
  );
}
