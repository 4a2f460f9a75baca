/** Where one is in the assistant, and the way on. */
import type { ReactNode } from "react";

import { Button } from "../../components/parts";
import { useSay } from "../../words";
import { type Step, STEPS } from "./draft";

export function Steps({ step }: { readonly step: Step }) {
  const say = useSay();
  const at = STEPS.indexOf(step);
  return (
    <ol className="steps" aria-label={say("add.steps")}>
      {STEPS.map((each, k) => (
        <li key={each} data-is={k < at ? "done" : undefined} aria-current={k === at ? "step" : undefined}>
          <span>{say(`add.step.${each}`)}{k < at && <span className="vh">, {say("add.step.done")}</span>}</span>
        </li>
      ))}
    </ol>
  );
}

interface EndProps {
  readonly onBack: () => void;
  readonly onNext?: () => void;
  /** Why there is no way on yet. */
  readonly wrong?: string | undefined;
  readonly next?: ReactNode;
}

export function StepEnd({ onBack, onNext, wrong, next }: EndProps) {
  const say = useSay();
  return (
    <div className="steps-end">
      <Button onClick={onBack}>{say("add.back")}</Button>
      <span className="buttons">
        {wrong && <span className="small" role="status">{wrong}</span>}
        {next ?? <Button kind="primary" disabled={wrong !== undefined} onClick={onNext}>{say("add.next")}</Button>}
      </span>
    </div>
  );
}
