/** The health report: made when asked for, shown word by word before it is shared, secrets removed by the server. */
import { useMutation } from "@tanstack/react-query";

import { read } from "../../api/client";
import { Button, Card } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { clock } from "../../formats/times";
import { useSite } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";
import { Copy } from "../shared/Copy";
import { saveText } from "../shared/files";
import { Pending } from "../shared/Pending";

interface Made {
  readonly text: string;
  readonly atMs: number;
}

export function Report() {
  const say = useSay();
  const language = useLanguage();
  const { id, timezone } = useSite();
  const make = useMutation({
    mutationFn: async (): Promise<Made> => ({ text: `${JSON.stringify(await read<unknown>(`/sites/${encodeURIComponent(id)}/support-report`), null, 2)}\n`, atMs: Date.now() }),
  });
  return (
    <Card id="report" title={say("support.report")} note={make.data && say("support.report.made", { time: clock(make.data.atMs, timezone, language) })}>
      <div className="form">
        <p className="quiet">{say("support.report.lead")}</p>
        <div className="buttons">
          <Pending kind={make.data ? "plain" : "primary"} isPending={make.isPending} pending={say("support.report.making")} onClick={() => make.mutate()}>{say(make.data ? "support.report.again" : "support.report.make")}</Pending>
        </div>
        {make.error && <Trouble error={make.error} onRetry={() => make.mutate()} />}
        {make.data && (
          <>
            <p className="text-[14.5px] font-[650]">{say("support.report.exact")}</p>
            <pre className="report" tabIndex={0} aria-label={say("support.report.name")}>{make.data.text}</pre>
            <div className="buttons">
              <Copy text={make.data.text} label={say("support.report.copy")} done={say("support.report.copied")} failed={say("support.report.copyFailed")} />
              <Button onClick={() => saveText(`enerwise-${id}-${new Date(make.data.atMs).toISOString().slice(0, 10)}.json`, make.data.text, "application/json")}>{say("support.report.download")}</Button>
            </div>
          </>
        )}
      </div>
    </Card>
  );
}
