/** Limits in force on a device: who set them, until when. */
import { Card } from "../../components/parts";
import { energy, percent, power, text } from "../../formats/numbers";
import { dayAndClock } from "../../formats/times";
import { useSite } from "../../hooks/session";
import type { Language, Say } from "../../words";
import { useLanguage, useSay } from "../../words";
import { has } from "../shared/has";
import { Table } from "../shared/Table";
import type { Limit } from "./shapes";

/** A limit as people read it. */
export function limitText(limit: Pick<Limit, "value" | "unit">, language: Language): string {
  switch (limit.unit.toLowerCase()) {
    case "w": return text(power(limit.value, language));
    case "wh": return text(energy(limit.value / 1000, language));
    case "ratio": case "1": return percent(limit.value, language);
    default: return `${new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(limit.value)} ${limit.unit}`;
  }
}

/** The name of a limit; one that the catalogue does not know is shown as the server calls it. */
export function limitName(name: string, say: Say): string {
  const key = `devices.limit.${name}`;
  return has(key) ? say(key) : name;
}

export function Limits({ limits }: { readonly limits: readonly Limit[] }) {
  const say = useSay();
  const language = useLanguage();
  const { timezone, assets } = useSite();
  return (
    <Card id="limits" title={say("devices.limits")}>
      {limits.length === 0 ? <p className="quiet">{say("devices.limits.none")}</p> : (
        <Table
          caption={say("devices.limits")}
          isTight
          rows={limits}
          keyOf={(each) => `${each.subject} ${each.name} ${each.source} ${each.who}`}
          columns={[
            { key: "name", label: say("devices.limits.name"), isHead: true, cell: (each) => limitName(each.name, say) },
            { key: "of", label: say("devices.values.of"), cell: (each) => (each.subject === "grid" ? say("devices.kind.grid") : (assets.find((one) => one.id === each.subject)?.name ?? each.subject)) },
            { key: "value", label: say("devices.limits.value"), isNumber: true, cell: (each) => limitText(each, language) },
            { key: "who", label: say("devices.limits.who"), cell: (each) => [each.who, each.source === "site file" ? say("devices.limits.siteFile") : each.source].filter(Boolean).join(", ") },
            { key: "until", label: say("devices.limits.until"), cell: (each) => (each.until ? dayAndClock(each.until, timezone, language) : say("devices.limits.always")) },
          ]}
        />
      )}
    </Card>
  );
}
