/** The next 24 hours: price and what the devices will do, with the way to the plan. */
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { read } from "../../api/client";
import { Card, Notice, Shape } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { clock } from "../../formats/times";
import { useNow } from "../../hooks/clock";
import { useSite } from "../../hooks/session";
import { useLive } from "../../live/live";
import type { Plan } from "../../charts/shapes";
import { useLanguage, useSay, withWords } from "../../words";

// Charts come after the first view.
const NextDay = lazy(withWords(["charts"], () => import("../../charts").then((found) => ({ default: found.NextDay }))));
const HEIGHT = 250;

export function Next() {
  const say = useSay();
  const language = useLanguage();
  const go = useNavigate();
  const { id, timezone } = useSite();
  const { live } = useLive(id);
  const now = useNow();
  const found = useQuery({
    queryKey: ["plan", id, live?.plan.id ?? null],
    queryFn: ({ signal }) => read<Plan>(`/sites/${encodeURIComponent(id)}/plan`, signal),
    placeholderData: (before) => before,
    retry: false,
  });
  const plan = found.data;
  const times = plan ? { made: clock(plan.made_at, timezone, language), next: plan.next_at ? clock(plan.next_at, timezone, language) : "–" } : null;
  const isLearning = !plan && found.error !== null && (found.error as { problem?: { status: number } }).problem?.status === 404;
  return (
    <Card id="next" title={say("overview.next")} note={times ? say("overview.next.note", times) : undefined} end={<Link className="link" to="/plan" search={{ site: id }}>{say("overview.next.open")}</Link>}>
      {plan?.is_provisional && <Notice>{say("overview.provisional")}</Notice>}
      {plan?.failed && times && <Notice level="warn">{say("overview.next.failed", { made: times.made, why: plan.failed })}</Notice>}
      {isLearning && <p className="text-ink-2">{say("overview.next.learning")}</p>}
      {found.error && !plan && !isLearning && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
      {!plan && !found.error && <Shape height={HEIGHT} />}
      {plan && (
        <Suspense fallback={<Shape height={HEIGHT} />}>
          <NextDay plan={plan} nowMs={now - (now % 60_000)} compact onOpen={(block) => void go({ to: "/plan", search: { site: id, block } })} />
        </Suspense>
      )}
    </Card>
  );
}
