/** Step 3: the sign of every power, checked with a person who knows the house, or with a kettle. */
import { useId } from "react";

import { Icon } from "../../components/Icon";
import { Card, Notice } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { power, text } from "../../formats/numbers";
import { useSite } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";
import { kindOf, LOOKS } from "../devices/kinds";
import { Pending } from "../shared/Pending";
import { roleName } from "./Connect";
import type { Answer } from "./draft";
import { Kettle } from "./Kettle";
import { useProbe } from "./queries";
import { StepEnd } from "./Steps";
import type { Reading } from "./shapes";
import type { Assistant } from "./useDraft";

const STILL_W = 20;

export function Signs({ assistant }: { readonly assistant: Assistant }) {
  const say = useSay();
  const { draft, note, go } = assistant;
  const found = useProbe(draft.address, draft.unit, draft.profile);
  const values = found.data?.matches.find((each) => each.profile === draft.profile)?.values ?? [];
  const powers = values.filter((each) => each.quantity === "power_w" && each.role in draft.serves);
  const answer = (role: string, said: Answer) => note({ signs: { ...draft.signs, [role]: said } });
  const isOpen = powers.some((each) => draft.signs[each.role] === undefined);
  const isTurned = powers.some((each) => draft.signs[each.role] === "turned");
  return (
    <>
      {found.error && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && powers.length === 0 && <Notice>{say("add.sign.none")}</Notice>}
      <div className="stack">
        {powers.map((each) => (
          <Question key={each.role} reading={each} asset={draft.serves[each.role] ?? ""} said={draft.signs[each.role]} onSay={(said) => answer(each.role, said)} onAgain={() => void found.refetch()} isAsking={found.isFetching}>
            {draft.serves[each.role] === "grid" && <Kettle draft={draft} role={each.role} onVerdict={(verdict) => verdict !== "unclear" && answer(each.role, verdict === "right" ? "measured" : "turned")} />}
          </Question>
        ))}
      </div>
      {isTurned && <Notice level="danger"><p>{say("add.sign.blocked")}</p><p>{say("add.sign.result.turnedDo")}</p></Notice>}
      <StepEnd onBack={() => go("connect")} onNext={() => go("name")} wrong={isTurned ? "" : isOpen ? say("add.sign.open") : undefined} />
    </>
  );
}

interface QuestionProps {
  readonly reading: Reading;
  readonly asset: string;
  readonly said: Answer | undefined;
  readonly onSay: (said: Answer) => void;
  readonly onAgain: () => void;
  readonly isAsking: boolean;
  readonly children?: React.ReactNode;
}

function Question({ reading, asset, said, onSay, onAgain, isAsking, children }: QuestionProps) {
  const say = useSay();
  const id = useId();
  const language = useLanguage();
  const { assets } = useSite();
  const kind = kindOf(asset, assets);
  const name = assets.find((each) => each.id === asset)?.name ?? say(`devices.kind.${kind}`);
  const powerW = reading.value;
  const way = powerW !== null && powerW > 0 ? "taken" : "given";
  const group = kind === "grid" || kind === "battery" || kind === "pv" ? kind : "load";
  const isStill = powerW === null || Math.abs(powerW) < STILL_W;
  const words = isStill ? say("add.sign.zero", { name }) : say(`add.sign.${group}.${way}`, { name, power: text(power(powerW, language)) });
  const options: readonly Answer[] = isStill ? ["unsure"] : ["right", "turned", "unsure"];
  return (
    <Card id={`sign-${reading.role}`} title={roleName(reading.role, say)} end={<Pending isPending={isAsking} pending={say("add.connect.trying")} onClick={onAgain}>{say("add.sign.askAgain")}</Pending>}>
      <div className="form">
        <p className="question flex items-center gap-3"><span style={{ color: LOOKS[kind].ink }}><Icon name={LOOKS[kind].icon} size={26} /></span>{words}</p>
        {isStill && <p className="quiet">{say("add.sign.zeroDo")}</p>}
        <div className="buttons" role="radiogroup" aria-label={words}>
          {options.map((each) => (
            <label key={each} className="choice">
              <input type="radio" name={`${id}-sign`} checked={said === each || (each === "right" && said === "measured")} onChange={() => onSay(each)} />
              <b>{say(`add.sign.${each}`)}</b>
            </label>
          ))}
        </div>
        {said === "unsure" && <p className="small">{say("add.sign.unsureNote")}</p>}
        {children}
      </div>
    </Card>
  );
}

