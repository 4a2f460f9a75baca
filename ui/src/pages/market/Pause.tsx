/** Pause: confirmed, with a reason that others can read; what is agreed already stays agreed. */
import { useState } from "react";

import type { Paused } from "../../charts/marketShapes";
import { useSpeech } from "../../charts/say";
import { Button, Field } from "../../components/parts";
import { Sheet } from "../../components/Sheet";
import { Trouble } from "../../components/troubles";
import { Pending } from "../shared/Pending";
import { type Place, usePause } from "./queries";

interface Props {
  readonly place: Place;
  readonly onDone: (told: Paused) => void;
}

const MOST = 200;

export function PauseButton({ place, onDone }: Props) {
  const { say } = useSpeech();
  const [isOpen, setOpen] = useState(false);
  const isPaused = place.market.halts.some((one) => one.by === "own" && one.participant === place.seat.id);
  if (!place.seat.may_trade) return <p className="small">{say("market.pause.noRight")}</p>;
  return (
    <span className="market-end">
      <Button kind={isPaused ? "primary" : "plain"} onClick={() => setOpen(true)}>{say(isPaused ? "market.resume" : "market.pause")}</Button>
      <Sheet title={say(isPaused ? "market.resume.title" : "market.pause.title")} isOpen={isOpen} onClose={() => setOpen(false)}>
        <Ask key={String(isPaused)} place={place} pauses={!isPaused} onDone={(told) => { setOpen(false); onDone(told); }} />
      </Sheet>
    </span>
  );
}

function Ask({ place, pauses, onDone }: Props & { readonly pauses: boolean }) {
  const { say } = useSpeech();
  const [reason, setReason] = useState("");
  const [isAsked, setAsked] = useState(false);
  const act = usePause(place, onDone);
  const word = pauses ? "pause" : "resume";
  const text = reason.trim();
  const send = (): void => {
    setAsked(true);
    if (text) act.mutate({ pauses, reason: text });
  };
  return (
    <form className="form" onSubmit={(event) => { event.preventDefault(); send(); }} noValidate>
      <p className="quiet">{say(`market.${word}.about`)}</p>
      <Field id="why" label={say("market.reason")} hint={say(`market.${word}.hint`)} wrong={isAsked && !text ? say("market.reason.missing") : undefined}>
        {(props) => <input {...props} maxLength={MOST} autoFocus value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      {act.error !== null && <Trouble error={act.error} />}
      <div className="buttons">
        <Pending kind="primary" type="submit" isPending={act.isPending} pending={say(`market.${word}.pending`)}>{say(`market.${word}.confirm`)}</Pending>
      </div>
    </form>
  );
}
