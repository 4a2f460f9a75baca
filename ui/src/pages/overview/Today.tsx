/** Today in four numbers: saved against a named baseline, sun, own power, CO2. */
import { useQuery } from "@tanstack/react-query";

import { read } from "../../api/client";
import type { Today } from "../../api/shapes";
import { Big, Shape, Stat, Stats } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { energy, mass, money, share, text } from "../../formats/numbers";
import { useSite } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";

const EVERY_MS = 60_000;

export function TodayRow() {
  const say = useSay();
  const language = useLanguage();
  const { id, currency } = useSite();
  const found = useQuery({ queryKey: ["today", id], queryFn: ({ signal }) => read<Today>(`/sites/${encodeURIComponent(id)}/today`, signal), refetchInterval: EVERY_MS });
  if (found.error && !found.data) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
  const today = found.data;
  if (!today) return <Shape height={118} />;
  const cost = (value: number | null) => money(value, language, currency);
  const saved = today.saved_eur ?? 0;
  const paid = today.paid_eur ?? 0;
  const without = today.without_planning_eur ?? 0;
  const compared = `overview.today.${paid < 0 ? "earned" : "paid"}${(paid < 0) === (without < 0) ? "" : without < 0 ? "-else-earned" : "-else-paid"}`;
  const ahead = today.solar_expected_kwh === null ? null : Math.max(0, today.solar_expected_kwh - (today.solar_kwh ?? 0));
  const parts = ownParts(today);
  // What is bought into the battery counts at once, though it is used later: the day looks worse than it is.
  const fillsUp = today.carbon_kg !== null && today.carbon_without_solar_kg !== null && today.carbon_kg > today.carbon_without_solar_kg;
  return (
    <Stats label={say("overview.today")}>
      <Stat
        label={say(saved < -0.005 ? "overview.today.more" : "overview.today.saved")}
        value={today.saved_eur === null ? "–" : cost(Math.abs(saved))}
        note={today.saved_eur === null ? say("overview.today.saved.unknown") : say(compared, { paid: cost(Math.abs(paid)), without: cost(Math.abs(without)) })}
      />
      <Stat
        label={say("overview.today.solar")}
        value={<Big amount={energy(today.solar_kwh, language)} />}
        note={ahead === null ? undefined : say("overview.today.expected", { energy: text(energy(ahead, language)) })}
      />
      <Stat label={say("overview.today.own")} value={<Big amount={share(today.own_power_ratio, language)} />} note={fillsUp ? say("overview.today.own.stored") : undefined}>
        <dd className="share" aria-hidden="true">
          {SOURCES.map((each) => <i key={each} style={{ flexGrow: parts[each], background: `var(--${each})` }} />)}
        </dd>
      </Stat>
      <Stat
        label={say("overview.today.carbon")}
        value={<Big amount={mass(today.carbon_kg, language)} />}
        note={today.carbon_kg === null ? say("overview.today.carbon.unknown") : say(fillsUp ? "overview.today.carbon.stored" : "overview.today.carbon.without", { mass: text(mass(today.carbon_without_solar_kg, language)) })}
      />
    </Stats>
  );
}

const SOURCES = ["solar", "battery", "grid"] as const;

/** The bar says the same as the number: own power in the proportion of sun and battery, the rest from the grid. */
export function ownParts(today: Pick<Today, "own_power_ratio" | "sources_kwh">): Record<(typeof SOURCES)[number], number> {
  const own = today.own_power_ratio ?? 0;
  const solar = Math.max(0, today.sources_kwh.solar);
  const battery = Math.max(0, today.sources_kwh.battery);
  const sum = solar + battery;
  return { solar: sum > 0 ? (own * solar) / sum : 0, battery: sum > 0 ? (own * battery) / sum : 0, grid: 1 - own };
}
