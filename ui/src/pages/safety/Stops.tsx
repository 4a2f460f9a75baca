/** Every stop so far: who, why, and what the devices did. */
import { Icon } from "../../components/Icon";
import { Card, Tag } from "../../components/parts";
import { localeOf } from "../../formats/numbers";
import { dayAndClock } from "../../formats/times";
import { useSite } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";
import { Table } from "../shared/Table";
import type { Stop } from "./shapes";
import { causeWords, slowestMs } from "./words";

/** A time in ms as people read it: "80 ms", "1.3 s". */
export function useTook(): (tookMs: number) => string {
  const language = useLanguage();
  return (tookMs) => (tookMs < 1000 ? `${Math.round(tookMs)}\u202fms` : `${new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: 1 }).format(tookMs / 1000)}\u202fs`);
}

/** The name of an asset by its id. */
export function useAssetName(): (asset: string) => string {
  const { assets } = useSite();
  return (asset) => assets.find((each) => each.id === asset)?.name ?? asset;
}

export function Stops({ stops }: { readonly stops: readonly Stop[] }) {
  const say = useSay();
  const language = useLanguage();
  const { timezone } = useSite();
  return (
    <Card id="stops" title={say("safety.stops")}>
      {stops.length === 0 ? <p className="quiet">{say("safety.stops.none")}</p> : (
        <Table
          caption={say("safety.stops")}
          rows={stops}
          keyOf={(each) => each.at}
          columns={[
            { key: "at", label: say("safety.stops.time"), isHead: true, cell: (each) => <>{dayAndClock(each.at, timezone, language)} <Tag level={each.is_test ? "plain" : "danger"}>{say(each.is_test ? "safety.stops.test" : "safety.stops.real")}</Tag></> },
            { key: "who", label: say("safety.stops.who"), cell: (each) => each.who || say("safety.stops.nobody") },
            { key: "why", label: say("safety.stops.cause"), cell: (each) => causeWords(each.cause, say) || "–" },
            { key: "devices", label: say("safety.stops.devices"), cell: (each) => <Confirmed stop={each} /> },
          ]}
        />
      )}
    </Card>
  );
}

function Confirmed({ stop }: { readonly stop: Stop }) {
  const say = useSay();
  const took = useTook();
  const nameOf = useAssetName();
  const slowest = slowestMs(stop);
  if (stop.missing.length > 0) return <span className="text-danger with-icon"><Icon name="no" size={16} width={2.4} />{say("safety.stops.missing", { names: stop.missing.map(nameOf).join(", ") })}</span>;
  if (slowest === null) return <>{say("safety.stops.nothing")}</>;
  return (
    <span>
      {say("safety.stops.all", { count: Object.keys(stop.acked_ms).length, time: took(slowest) })}
      {stop.rest_s !== null && <small className="small block">{say("safety.stops.rest", { time: took(stop.rest_s * 1000) })}</small>}
    </span>
  );
}
