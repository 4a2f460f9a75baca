/** Whether a device answers, in a word with its icon. */
import type { Live } from "../../api/shapes";
import { Icon } from "../../components/Icon";
import { Tag } from "../../components/parts";
import { clock } from "../../formats/times";
import { useSite } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";

export type DeviceLive = Live["devices"][number];

export function Health({ told }: { readonly told: DeviceLive | undefined }) {
  const say = useSay();
  const language = useLanguage();
  const { timezone } = useSite();
  if (!told) return <Tag>{say("devices.unasked")}</Tag>;
  if (!told.answers) {
    const since = told.last_at ? say("devices.silentSince", { time: clock(told.last_at, timezone, language) }) : say("devices.silent");
    return <Tag level="danger"><Icon name="no" size={13} width={2.6} /> {since}</Tag>;
  }
  if (told.problems.length > 0) return <Tag level="warn"><Icon name="warn" size={13} width={2.4} /> {say("devices.trouble", { count: told.problems.length })}</Tag>;
  return <Tag level="ok"><Icon name="ok" size={13} width={2.8} /> {say("devices.answers")}</Tag>;
}
