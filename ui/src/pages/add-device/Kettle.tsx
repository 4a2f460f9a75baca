/** The surest check of a meter: read it, switch on something large, read it again. */
import { useEffect, useId, useRef, useState } from "react";

import { Button, Field, LinkButton, Notice } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { power, text } from "../../formats/numbers";
import { useLanguage, useSay } from "../../words";
import { Pending } from "../shared/Pending";
import { type Draft, signVerdict } from "./draft";
import { probe } from "./queries";

const LOAD_W = 2000;
const LOOKS_AFTER = 12;
const PAUSE_MS = 1000;
type Verdict = "right" | "turned" | "unclear";

type State =
  | { readonly is: "shut" | "open" }
  | { readonly is: "reading" }
  | { readonly is: "before" | "watching"; readonly beforeW: number }
  | { readonly is: "done"; readonly beforeW: number; readonly afterW: number; readonly verdict: Verdict }
  | { readonly is: "failed"; readonly error: unknown };

export function Kettle({ draft, role, onVerdict }: { readonly draft: Draft; readonly role: string; readonly onVerdict: (verdict: Verdict) => void }) {
  const say = useSay();
  const language = useLanguage();
  const id = useId();
  const [state, setState] = useState<State>({ is: "shut" });
  const [load, setLoad] = useState(String(LOAD_W));
  const isGone = useRef(false);
  useEffect(() => () => void (isGone.current = true), []);
  const loadW = Number(load) > 0 ? Number(load) : LOAD_W;
  const words = (powerW: number) => {
    const size = text(power(powerW, language));
    return say(powerW < 0 ? "devices.given" : "devices.taken", { power: size });
  };
  const look = async (): Promise<number> => {
    const found = await probe(draft.address, draft.unit, draft.profile);
    const value = found.matches[0]?.values.find((each) => each.role === role && each.quantity === "power_w")?.value;
    if (value === null || value === undefined) throw new Error("no power");
    return value;
  };
  const begin = async () => {
    setState({ is: "reading" });
    try {
      setState({ is: "before", beforeW: await look() });
    } catch (error) {
      setState({ is: "failed", error });
    }
  };
  const watch = async (beforeW: number) => {
    setState({ is: "watching", beforeW });
    try {
      let afterW = beforeW;
      for (let k = 0; k < LOOKS_AFTER && !isGone.current; k += 1) {
        afterW = await look();
        if (signVerdict(beforeW, afterW, loadW) !== "unclear") break;
        await new Promise((done) => setTimeout(done, PAUSE_MS));
      }
      const verdict = signVerdict(beforeW, afterW, loadW);
      setState({ is: "done", beforeW, afterW, verdict });
      onVerdict(verdict);
    } catch (error) {
      setState({ is: "failed", error });
    }
  };
  if (state.is === "shut") return <div><LinkButton onClick={() => setState({ is: "open" })}>{say("add.sign.kettle")}</LinkButton></div>;
  return (
    <section className="form border-t border-hair pt-4" aria-label={say("add.sign.kettle")}>
      <p className="quiet"><strong>{say("add.sign.kettle")}</strong> {say("add.sign.kettleLead")}</p>
      {(state.is === "open" || state.is === "reading") && (
        <>
          <Field id={`${id}-load`} label={say("add.sign.loadPower")} hint={say("add.sign.loadHint")}>
            {(props) => <input {...props} inputMode="numeric" value={load} onChange={(event) => setLoad(event.target.value)} />}
          </Field>
          <div className="buttons"><Pending isPending={state.is === "reading"} pending={say("add.sign.beginning")} onClick={() => void begin()}>{say("add.sign.begin")}</Pending></div>
        </>
      )}
      {(state.is === "before" || state.is === "watching") && (
        <>
          <p className="question" role="status">{say("add.sign.before", { power: words(state.beforeW) })}</p>
          <div className="buttons"><Pending kind="primary" isPending={state.is === "watching"} pending={say("add.sign.watching")} onClick={() => void watch(state.beforeW)}>{say("add.sign.isOn")}</Pending></div>
        </>
      )}
      {state.is === "done" && (
        <div role="status" className="form">
          <Notice level={state.verdict === "right" ? "ok" : state.verdict === "turned" ? "danger" : "warn"}>
            <p>{say(`add.sign.result.${state.verdict}`, { before: words(state.beforeW), after: words(state.afterW) })}</p>
            {state.verdict === "unclear" && <p>{say("add.sign.result.unclearDo")}</p>}
          </Notice>
          <div className="buttons"><Button onClick={() => setState({ is: "open" })}>{say("add.sign.again")}</Button></div>
        </div>
      )}
      {state.is === "failed" && <Trouble error={state.error} onRetry={() => setState({ is: "open" })} />}
    </section>
  );
}
