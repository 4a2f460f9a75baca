/** Commands sent to a device, and what it did. */
import { Icon } from "../../components/Icon";
import { Button, Card, Shape } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { power, text, UNKNOWN } from "../../formats/numbers";
import { useNow } from "../../hooks/clock";
import { useSite } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";
import { momentOf } from "../shared/moments";
import { Table } from "../shared/Table";
import { useCommands } from "./queries";
import type { Command } from "./shapes";

const OUTCOMES = new Set(["granted", "cut", "refused", "relief"]);
const MARKS = { granted: ["ok", "ok"], cut: ["warn", "warn"], refused: ["no", "no"], relief: ["warn", "warn"] } as const;

export function Commands({ device, isReadOnly }: { readonly device: string; readonly isReadOnly: boolean }) {
  const say = useSay();
  const found = useCommands(device);
  const rows = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card id="commands" title={say("devices.commands")} note={say("devices.commands.note")}>
      {found.error && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Shape height={180} />}
      {found.data && rows.length === 0 && <p className="quiet">{say(isReadOnly ? "devices.commands.readOnly" : "devices.commands.none")}</p>}
      {rows.length > 0 && <Rows rows={rows} />}
      {found.hasNextPage && <div className="buttons pt-3"><Button disabled={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>{say("devices.commands.more")}</Button></div>}
    </Card>
  );
}

function Rows({ rows }: { readonly rows: readonly Command[] }) {
  const say = useSay();
  const language = useLanguage();
  const { timezone, assets } = useSite();
  const now = useNow();
  const written = (powerW: number | null) => {
    if (powerW === null) return UNKNOWN;
    const size = text(power(powerW, language));
    return Math.abs(powerW) < 0.5 ? size : say(`devices.${powerW > 0 ? "taken" : "given"}`, { power: size });
  };
  return (
    <Table
      caption={say("devices.commands")}
      rows={rows}
      keyOf={(each) => each.id}
      columns={[
        { key: "at", label: say("devices.commands.time"), isHead: true, cell: (each) => momentOf(each.at, now, timezone, language) },
        { key: "asset", label: say("devices.commands.asset"), cell: (each) => assets.find((one) => one.id === each.asset)?.name ?? each.asset },
        { key: "asked", label: say("devices.commands.asked"), isNumber: true, cell: (each) => written(each.asked_w) },
        { key: "granted", label: say("devices.commands.granted"), isNumber: true, cell: (each) => written(each.granted_w) },
        { key: "measured", label: say("devices.commands.measured"), isNumber: true, cell: (each) => written(each.measured_w) },
        { key: "outcome", label: say("devices.commands.outcome"), cell: (each) => <Outcome command={each} /> },
      ]}
    />
  );
}

function Outcome({ command }: { readonly command: Command }) {
  const say = useSay();
  const outcome = command.outcome.toLowerCase();
  if (!OUTCOMES.has(outcome)) return <>{command.outcome || UNKNOWN}</>;
  const [is, icon] = MARKS[outcome as keyof typeof MARKS];
  return (
    <span className="with-icon">
      <span className="mark !h-[16px] !w-[16px]" data-is={is}><Icon name={icon} size={15} width={2.4} /></span>
      <span>{say(`devices.outcome.${outcome}`)}{outcome !== "granted" && command.rule && <small className="small block">{command.rule}</small>}</span>
    </span>
  );
}
