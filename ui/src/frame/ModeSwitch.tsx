/** Automatic, Manual, Away: asked for, and shown when the site says so. */
import type { Mode } from "../api/shapes";
import { Segmented } from "../components/parts";
import { useTrouble } from "../components/troubles";
import { isStopped, useSetMode } from "../hooks/commands";
import { useMay, useSite } from "../hooks/session";
import { useLive } from "../live/live";
import { useSay } from "../words";

const MODES: readonly Mode[] = ["automatic", "manual", "away"];

export function ModeSwitch() {
  const say = useSay();
  const may = useMay();
  const told = useTrouble();
  const { id } = useSite();
  const { live } = useLive(id);
  const set = useSetMode();
  if (!live) return null;
  if (isStopped(live.state)) return <strong className="text-danger">{say("shell.mode.stopped")}</strong>;
  const pending = set.isPending ? set.variables.mode : null;
  return (
    <div className="grid gap-1 justify-items-end">
      <Segmented
        label={say("shell.mode")}
        value={live.mode.mode}
        disabled={!may("control") || set.isPending}
        options={MODES.map((value) => ({ value, label: pending === value ? say("shell.mode.sending", { mode: say(`shell.mode.${value}`) }) : say(`shell.mode.${value}`) }))}
        onChange={(mode) => set.mutate({ mode, reason: "" })}
      />
      {set.error && <small className="text-danger" role="alert">{told(set.error)}</small>}
    </div>
  );
}
