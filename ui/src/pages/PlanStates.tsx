/** What the plan page says when there is no plan, an old one, or one that is not whole. */
import { Link } from "@tanstack/react-router";

import { Refused } from "../api/client";
import { Notice, Shape } from "../components/parts";
import { Trouble } from "../components/troubles";
import { useSpeech } from "../charts/say";
import type { Plan } from "../charts/shapes";
import { clock, dayWords, HOUR_MS } from "../charts/time";
import { firstUnpublished, lengthWords } from "./PlanText";

const OLD_AFTER_MS = 2 * HOUR_MS;

/** Grey shapes of the final size; they are seen only when loading takes longer. */
export function PlanShapes() {
  const { say } = useSpeech();
  return (
    <div className="plan-shapes" role="status" aria-label={say("plan.loading")}>
      <h1 className="vh">{say("plan.titleNone")}</h1>
      <Shape height={68} />
      <Shape height={110} />
      <div className="plan-row">
        <Shape height={690} />
        <Shape height={560} />
      </div>
      <Shape height={360} />
    </div>
  );
}

/** Which of the quiet ways of having no plan this is. */
export function PlanMissing({ error, onRetry, rule }: { readonly error: unknown; readonly onRetry: () => void; readonly rule: string | undefined }) {
  const { say } = useSpeech();
  const status = error instanceof Refused ? error.problem.status : 0;
  const isNone = status === 404 && error instanceof Refused && !error.problem.code.includes("site");
  const kind = isNone ? "none" : status === 403 ? "forbidden" : "error";
  const code = error instanceof Refused ? error.problem.code : "no-contact";
  return (
    <>
      <div className="hero">
        <div>
          <h1>{say(`plan.${kind}.title`)}</h1>
          <p>{say(`plan.${kind}`, { code })}</p>
          {kind === "none" && <p>{rule && rule !== "follow_plan" ? say(`plan.rule.lead`, { rule: say(`plan.rule.${rule}`) }) : say("plan.none.now")}</p>}
        </div>
      </div>
      {kind === "none" && (
        <p>
          <Link to="/devices" className="btn">{say("plan.devices")}</Link>
        </p>
      )}
      {kind === "error" && <Trouble error={error} onRetry={onRetry} />}
    </>
  );
}

const RULES = new Set(["self_consumption", "passive", "follow_plan"]);

/** Known rules of thumb by name; others are left unsaid. */
export function knownRule(rule: string | undefined): string | undefined {
  return rule !== undefined && RULES.has(rule) ? rule : undefined;
}

/** Notices above a plan that is shown: failed, old, provisional, limits that could not be kept, notes. */
export function PlanNotices({ plan, failed, rule, nowMs }: { readonly plan: Plan; readonly failed: string | null; readonly rule: string | undefined; readonly nowMs: number }) {
  const { say, locale } = useSpeech();
  const made = Date.parse(plan.made_at);
  const when = { day: dayWords(made, plan.timezone, locale), time: clock(made, plan.timezone) };
  const open = firstUnpublished(plan);
  const isOld = nowMs - made > OLD_AFTER_MS;
  return (
    <>
      {failed && (
        <Notice level="warn">
          <strong>{say("plan.failed", { time: `${when.day}, ${when.time}` })}</strong>{" "}
          {rule ? say("plan.failed.rule", { why: failed, rule: say(`plan.rule.${rule}`) }) : say("plan.failed.more", { why: failed })}
        </Notice>
      )}
      {!failed && isOld && <Notice level="warn">{say("plan.old", { ...when, age: lengthWords(nowMs - made) })}</Notice>}
      {plan.is_provisional && <Notice>{open === null ? say("plan.provisionalShort") : say("plan.provisional", { time: `${dayWords(open, plan.timezone, locale)}, ${clock(open, plan.timezone)}` })}</Notice>}
      {plan.broken.length > 0 && <Notice level="warn">{say("plan.broken", { limits: plan.broken.join(", ") })}</Notice>}
    </>
  );
}
