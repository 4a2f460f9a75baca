/** What a device says now: every value with its age. */
import { useState } from "react";

import { Card, LinkButton } from "../../components/parts";
import { age, clock } from "../../formats/times";
import { useNow } from "../../hooks/clock";
import { useSite } from "../../hooks/session";
import { useLive } from "../../live/live";
import { useLanguage, useSay } from "../../words";
import { ageOf } from "../shared/age";
import { Table } from "../shared/Table";
import { byImportance, measured, quantityName } from "./quantities";
import type { Value } from "./shapes";

/** As many as answer most questions; the rest is one press away. */
const SHOWN = 8;

export function Values({ values }: { readonly values: readonly Value[] }) {
  const say = useSay();
  const language = useLanguage();
  const site = useSite();
  const state = useLive(site.id);
  const now = useNow();
  const [isAll, setAll] = useState(false);
  const ordered = byImportance(values);
  const rows = isAll ? ordered : ordered.slice(0, SHOWN);
  const nameOf = (asset: string) => asset === "grid" ? say("devices.kind.grid") : state.live?.nodes.find((each) => each.id === asset)?.name ?? site.assets.find((each) => each.id === asset)?.name ?? asset;
  const shown = (value: Value) => {
    const old = ageOf(value.at, state, now);
    return old.is === "old" || old.is === "never" ? say("devices.unknown") : measured(value, say, language);
  };
  const aged = (value: Value) => {
    const old = ageOf(value.at, state, now);
    if (old.is === "never") return say("devices.never");
    return old.is === "old" ? say("devices.lastAt", { time: clock(value.at ?? "", site.timezone, language) }) : age(old.seconds);
  };
  return (
    <Card id="values" title={say("devices.values")} note={say("devices.values.note")}>
      {values.length === 0 ? <p className="quiet">{say("devices.values.none")}</p> : (
        <Table
          caption={say("devices.values")}
          isTight
          rows={rows}
          keyOf={(each) => `${each.role} ${each.quantity}`}
          columns={[
            { key: "q", label: say("devices.values.quantity"), isHead: true, cell: (each) => quantityName(each.quantity, say) },
            { key: "of", label: say("devices.values.of"), cell: (each) => nameOf(each.asset) },
            { key: "now", label: say("devices.values.now"), isNumber: true, cell: shown },
            { key: "age", label: say("devices.values.age"), isNumber: true, cell: (each) => <span className="small">{aged(each)}</span> },
          ]}
        />
      )}
      {values.length > SHOWN && <p className="pt-3"><LinkButton aria-expanded={isAll} onClick={() => setAll(!isAll)}>{say(isAll ? "devices.values.fewer" : "devices.values.all", { count: values.length })}</LinkButton></p>}
    </Card>
  );
}
