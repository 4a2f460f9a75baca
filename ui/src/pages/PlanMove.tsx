/** Moving a block without dragging: a list of starts, two buttons for a step, a number for the power. */
import { useState } from "react";

import { Button, Field } from "../components/parts";
import { Sheet } from "../components/Sheet";
import { useSpeech } from "../charts/say";
import type { Plan } from "../charts/shapes";
import { clock, dayWords } from "../charts/time";
import { blockPowerW, type Found, moveStarts } from "./PlanText";

interface Props {
  readonly plan: Plan;
  readonly found: Found;
  readonly nowMs: number;
  readonly length: string;
  readonly onClose: () => void;
  readonly onMove: (startMs: number, powerW: number | null) => void;
}

export function PlanMove({ plan, found, nowMs, length, onClose, onMove }: Props) {
  const { say, locale } = useSpeech();
  const { block, lane } = found;
  const starts = moveStarts(plan, block, nowMs);
  const wanted = Math.max(nowMs, Date.parse(block.start));
  const [at, setAt] = useState(() => Math.max(0, starts.findLastIndex((atMs) => atMs <= wanted)));
  const planned = blockPowerW(block);
  const [powerKw, setPowerKw] = useState(planned === null ? "" : (planned / 1000).toFixed(1));
  const startMs = starts[at];
  const endMs = startMs === undefined ? 0 : startMs + Date.parse(block.end) - Date.parse(block.start);
  const name = (atMs: number): string => `${dayWords(atMs, plan.timezone, locale)}, ${clock(atMs, plan.timezone)}`;
  const power = powerKw === "" ? null : Number(powerKw) * 1000;
  const isWrong = power !== null && !(power > 0 && power <= 100_000);
  return (
    <Sheet title={say("plan.move.title", { device: lane.name })} isOpen onClose={onClose}>
      <form
        className="plan-move"
        onSubmit={(event) => {
          event.preventDefault();
          if (startMs !== undefined && !isWrong) onMove(startMs, power);
        }}
      >
        <p className="text-ink-2">{say("plan.move.lead", { length })}</p>
        <Field id="move-start" label={say("plan.move.start")} hint={startMs === undefined ? undefined : say("plan.move.window", { from: name(startMs), to: name(endMs) })}>
          {(input) => (
            <select {...input} value={at} onChange={(event) => setAt(Number(event.target.value))}>
              {starts.map((atMs, k) => <option key={atMs} value={k}>{name(atMs)}</option>)}
            </select>
          )}
        </Field>
        <div className="plan-steps">
          <Button disabled={at <= 0} onClick={() => setAt(at - 1)}>{say("plan.move.earlier")}</Button>
          <Button disabled={at >= starts.length - 1} onClick={() => setAt(at + 1)}>{say("plan.move.later")}</Button>
        </div>
        {planned !== null && (
          <Field id="move-power" label={`${say("plan.move.power")} (kW)`} wrong={isWrong ? say("plan.move.wrong") : undefined}>
            {(input) => <input {...input} type="number" inputMode="decimal" min={0.1} max={100} step={0.1} value={powerKw} onChange={(event) => setPowerKw(event.target.value)} />}
          </Field>
        )}
        <div className="plan-steps">
          <Button kind="primary" type="submit" disabled={startMs === undefined || isWrong}>{say("plan.move.apply", { time: startMs === undefined ? "–" : clock(startMs, plan.timezone) })}</Button>
          <Button onClick={onClose}>{say("plan.cancel")}</Button>
        </div>
      </form>
    </Sheet>
  );
}
