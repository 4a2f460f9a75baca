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
  return (
    <Stats label={say("overview.today")}>
      <Stat
        label={say(saved < -0.005 ? "overview.today.more" : "overview.today.saved")}
        value={today.saved_eur === null ? "–" : cost(Math.abs(saved))}
        note={today.saved_eur === null ? say("overview.today.saved.unknown") : say((today.paid_eur ?? 0) < 0 ? "overview.today.earned" : "overview.today.paid", { paid: cost(Math.abs(today.paid_eur ?? 0)), without: cost(today.without_planning_eur) })}
      />
      <Stat
        label={say("overview.today.solar")}
        value={<Big amount={energy(today.solar_kwh, language)} />}
        note={today.solar_expected_kwh === null ? undefined : say("overview.today.expected", { energy: text(energy(today.solar_expected_kwh, language)) })}
      />
      <Stat label={say("overview.today.own")} value={<Big amount={share(today.own_power_ratio, language)} />}>
        <dd className="share" aria-hidden="true">
          {(["solar", "battery", "grid"] as const).map((each) => <i key={each} style={{ flexGrow: Math.max(0, today.sources_kwh[each]), background: `var(--${each})` }} />)}
        </dd>
      </Stat>
      <Stat
        label={say("overview.today.carbon")}
        value={<Big amount={mass(today.carbon_kg, language)} />}
        note={today.carbon_kg === null ? say("overview.today.carbon.unknown") : say("overview.today.carbon.without", { mass: text(mass(today.carbon_without_solar_kg, language)) })}
      />
    </Stats>
  );
}
