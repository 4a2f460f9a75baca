/** What the words mean, in plain language, with the numbers of this market. */
import type { Market } from "../../charts/marketShapes";
import { useSpeech } from "../../charts/say";
import { Card } from "../../components/parts";
import { price } from "../../formats/numbers";

const WORDS = ["offered", "matched", "delivered", "settled", "deviation", "tariff"] as const;

export function Words({ market }: { readonly market: Market }) {
  const { say, language } = useSpeech();
  const values = {
    minutes: Math.round(market.gate_closes_before_s / 60),
    spot: price(market.spot_ueur_per_kwh / 1e6, language),
    margin: price(market.margin_ueur_per_kwh / 1e6, language),
    isContinuous: market.is_continuous ? "yes" : "no",
  };
  return (
    <Card id="words" title={say("market.words")}>
      <div className="answers">
        {WORDS.map((each) => (
          <details key={each}>
            <summary>{say(`market.word.${each}`)}</summary>
            <p>{say(`market.word.${each}.means`, values)}</p>
          </details>
        ))}
      </div>
    </Card>
  );
}
