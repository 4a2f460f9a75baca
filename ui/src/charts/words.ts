/** Words and numbers of charts, from the catalogues and the reader's number formats. */
import { useMemo } from "react";

import { useSpeech } from "./say";
import type { SourceKey } from "./stack";

/** Everything a chart may say. */
export interface ChartWords {
  readonly locale: string;
  readonly price: string;
  readonly perKwh: string;
  readonly sells: string;
  readonly sellsAt: (eurPerKwh: number) => string;
  readonly notPublished: readonly string[];
  readonly power: string;
  readonly kw: string;
  readonly used: string;
  readonly storedSold: string;
  readonly full: string;
  readonly degrees: string;
  readonly reserve: (ratio: number) => string;
  readonly ct: (eurPerKwh: number) => string;
  readonly number: (value: number) => string;
  readonly priceText: (eurPerKwh: number) => string;
  readonly standIn: (eurPerKwh: number | null) => string;
  readonly powerText: (powerW: number) => string;
  readonly percent: (ratio: number) => string;
  readonly source: Readonly<Record<SourceKey, string>>;
  readonly planned: string;
  readonly time: string;
  readonly unknown: string;
  readonly showTable: string;
  readonly showChart: string;
  readonly csv: string;
  readonly keys: string;
  readonly barKeys: string;
  readonly longKeys: string;
  readonly earlier: string;
  readonly later: string;
  readonly closer: string;
  readonly wider: string;
  readonly planSentence: (from: string, to: string, dearest: string | null, cheapest: string | null) => string;
  readonly at: (price: string, time: string) => string;
}

const UNKNOWN = "–";

/** The words of charts in the reader's language. */
export function useChartWords(): ChartWords {
  const { say, locale, formats } = useSpeech();
  return useMemo(() => {
    const word = (key: string, values?: Record<string, string | number>): string => say(`charts.${key}`, values);
    return {
      locale,
      price: word("price"),
      perKwh: word("perKwh"),
      sells: word("sells"),
      sellsAt: (price) => word("sellsAt", { price: formats.ct(price) }),
      notPublished: [word("notPublishedLong"), word("notPublished")],
      power: word("power"),
      kw: word("kw"),
      used: word("used"),
      storedSold: word("storedSold"),
      full: word("full"),
      degrees: word("degrees"),
      reserve: (ratio) => word("reserve", { share: formats.percent(ratio) }),
      ct: formats.ct,
      number: formats.number,
      priceText: (price) => word("priceValue", { price: formats.ct(price) }),
      standIn: (price) => (price === null ? word("notPublished") : word("standIn", { price: formats.ct(price) })),
      powerText: formats.power,
      percent: formats.percent,
      source: { solar: word("solar"), battery: word("battery"), grid: word("grid"), stored: word("stored"), sold: word("sold") },
      planned: word("planned"),
      time: word("time"),
      unknown: UNKNOWN,
      showTable: word("showTable"),
      showChart: word("showChart"),
      csv: word("csv"),
      keys: word("keys"),
      barKeys: word("barKeys"),
      longKeys: word("longKeys"),
      earlier: word("earlier"),
      later: word("later"),
      closer: word("closer"),
      wider: word("wider"),
      planSentence: (from, to, dearest, cheapest) => (dearest && cheapest ? word("planSentence", { from, to, dearest, cheapest }) : word("planSentenceOpen", { from, to })),
      at: (price, time) => word("at", { price, time }),
    };
  }, [say, locale, formats]);
}
