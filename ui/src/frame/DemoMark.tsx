import { useSite } from "../hooks/session";
import { useSay } from "../words";

/** On every page of a demo: nothing here is real. */
export function DemoMark() {
  const say = useSay();
  if (!useSite().is_demo) return null;
  return (
    <aside aria-label={say("shell.demo")} className="px-8 max-md:px-[14px] pt-3 text-[13.5px] text-ink-2">
      <span className="tag me-2">{say("shell.demo")}</span>
      {say("shell.demo.about")}
    </aside>
  );
}
