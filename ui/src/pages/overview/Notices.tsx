/** What needs somebody, above the sentence; what is good to know, at the end. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { read, write } from "../../api/client";
import type { Notice as Told, Page } from "../../api/shapes";
import { type Level, LinkButton, Notice } from "../../components/parts";
import { soon } from "../../formats/times";
import { useNow } from "../../hooks/clock";
import { useSite } from "../../hooks/session";
import { useLive } from "../../live/live";
import { useLanguage, useSaid, useSay } from "../../words";

const LEVEL: Record<Told["level"], Level> = { act_now: "danger", look_soon: "warn", good_to_know: "info" };
const MOST = 3;

export function Notices({ levels }: { readonly levels: readonly Told["level"][] }) {
  const say = useSay();
  const said = useSaid();
  const language = useLanguage();
  const { id, timezone } = useSite();
  const { live } = useLive(id);
  const now = useNow();
  const known = useQueryClient();
  const counts = live ? `${live.notices.act_now}-${live.notices.look_soon}-${live.notices.good_to_know}` : "";
  const path = `/sites/${encodeURIComponent(id)}/notices`;
  const found = useQuery({ queryKey: ["notices", id, counts], queryFn: ({ signal }) => read<Page<Told>>(path, signal), placeholderData: (before) => before });
  const seen = useMutation({ mutationFn: (notice: string) => write<unknown>("POST", `${path}/${encodeURIComponent(notice)}/seen`), onSuccess: () => void known.invalidateQueries({ queryKey: ["notices"] }) });
  const shown = (found.data?.items ?? []).filter((each) => levels.includes(each.level) && !each.is_seen).slice(0, MOST);
  return shown.map((each) => (
    <Notice key={each.id} level={LEVEL[each.level]} end={<LinkButton disabled={seen.isPending} onClick={() => seen.mutate(each.id)}>{say("overview.notice.dismiss")}</LinkButton>}>
      <strong>{said(each.what)}</strong> <span className="text-ink-2">{soon(each.since, now, timezone, language)}</span>
      <p>{[each.effect, each.done, each.todo].map(said).filter(Boolean).join(" ")}</p>
    </Notice>
  ));
}
