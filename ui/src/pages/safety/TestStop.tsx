/** The monthly test of the stop: says what it does, does it once more asked, shows what came back. */
import { useState } from "react";

import { Button, Card, Notice } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { dayAndClock } from "../../formats/times";
import { useNow } from "../../hooks/clock";
import { useMay, useSite } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";
import { Pending } from "../shared/Pending";
import { useTestStop } from "./queries";
import type { Safety } from "./shapes";
import { useAssetName, useTook } from "./Stops";
import { isTestDue, lastTest, slowestMs } from "./words";

export function TestStop({ safety }: { readonly safety: Safety }) {
  const say = useSay();
  const language = useLanguage();
  const may = useMay();
  const now = useNow();
  const { timezone, is_demo } = useSite();
  const test = useTestStop();
  const took = useTook();
  const nameOf = useAssetName();
  const [isAsked, setAsked] = useState(false);
  const last = lastTest(safety.stops);
  const isDue = isTestDue(safety.stops, now);
  const run = () => {
    setAsked(false);
    test.mutate({});
  };
  return (
    <Card id="test" title={say("safety.test")} note={last ? say("safety.test.last", { when: dayAndClock(last.at, timezone, language) }) : say("safety.test.never")}>
      <div className="form">
        <p className="quiet">{say(is_demo ? "safety.test.leadSimulated" : "safety.test.lead")} {isDue && say("safety.test.due")}</p>
        {!may("restart") && <p className="small">{say("safety.test.noRight")}</p>}
        {may("restart") && !isAsked && <div className="buttons"><Pending isPending={test.isPending} pending={say("safety.test.running")} onClick={() => setAsked(true)}>{say("safety.test.run")}</Pending></div>}
        {isAsked && (
          <div className="form" role="group" aria-label={say("safety.test.sure")}>
            <p><strong>{say("safety.test.sure")}</strong> {say("safety.test.sureLead")}</p>
            <div className="buttons">
              <Button kind="primary" autoFocus onClick={run}>{say("safety.test.yes")}</Button>
              <Button onClick={() => setAsked(false)}>{say("safety.test.no")}</Button>
            </div>
          </div>
        )}
        <div role="status">
          {test.data && test.data.missing.length === 0 && <Notice level="ok">{say("safety.test.passed", { count: Object.keys(test.data.acked_ms).length, time: took(slowestMs(test.data) ?? 0) })}</Notice>}
          {test.data && test.data.missing.length > 0 && <Notice level="danger"><p><strong>{say("safety.test.missed", { names: test.data.missing.map(nameOf).join(", ") })}</strong></p><p>{say("safety.test.missedDo")}</p></Notice>}
        </div>
        {test.error && <Trouble error={test.error} />}
      </div>
    </Card>
  );
}
