/** What is kept about whoever is signed in: seen, taken away, erased. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { read, write } from "../../api/client";
import { Button, Card, Notice, Shape } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { useSite } from "../../hooks/session";
import { useLanguage, useSay } from "../../words";
import { Facts } from "../shared/Facts";
import { saveText } from "../shared/files";
import { dayAndYear } from "../shared/moments";
import { Pending } from "../shared/Pending";
import { TroubleOrCode } from "../shared/StepUp";
import type { Person } from "./shapes";

export function YourData() {
  const say = useSay();
  const language = useLanguage();
  const { timezone } = useSite();
  const me = useQuery({ queryKey: ["me"], queryFn: ({ signal }) => read<Person>("/me", signal) });
  const file = useMutation({ mutationFn: async () => saveText("enerwise-my-data.json", `${JSON.stringify(await read<unknown>("/me/export"), null, 2)}\n`, "application/json") });
  return (
    <div className="pair">
      <Card id="kept" title={say("admin.data.kept")}>
        <div className="form">
          {me.error && <Trouble error={me.error} onRetry={() => void me.refetch()} />}
          {!me.data && !me.error && <Shape height={120} />}
          {me.data && (
            <Facts facts={[
              [say("admin.data.name"), me.data.name],
              [say("admin.data.email"), me.data.email ?? "–"],
              [say("admin.data.since"), dayAndYear(me.data.made_at, timezone, language)],
            ]} />
          )}
          <p className="quiet">{say("admin.data.exportLead")}</p>
          {file.error && <TroubleOrCode error={file.error} onRetry={() => file.mutate()} />}
          <div className="buttons"><Pending kind="primary" isPending={file.isPending} pending={say("admin.data.exporting")} onClick={() => file.mutate()}>{say("admin.data.export")}</Pending></div>
        </div>
      </Card>
      <Erase />
    </div>
  );
}

function Erase() {
  const say = useSay();
  const known = useQueryClient();
  const [isSure, setSure] = useState(false);
  const erase = useMutation({ mutationFn: () => write<unknown>("DELETE", "/me"), onSuccess: () => void known.invalidateQueries() });
  return (
    <Card id="erase" title={say("admin.data.erase")}>
      <div className="form">
        <p className="quiet">{say("admin.data.eraseLead")}</p>
        {!isSure && <div className="buttons"><Button kind="danger" onClick={() => setSure(true)}>{say("admin.data.erase")}</Button></div>}
        {isSure && (
          <div className="form" role="group" aria-label={say("admin.data.eraseSure")}>
            <Notice level="danger"><strong>{say("admin.data.eraseSure")}</strong></Notice>
            <div className="buttons">
              <Pending kind="danger" isPending={erase.isPending} pending={say("admin.data.erasing")} onClick={() => erase.mutate()}>{say("admin.data.eraseYes")}</Pending>
              <Button autoFocus onClick={() => setSure(false)}>{say("admin.cancel")}</Button>
            </div>
          </div>
        )}
        {erase.error && <TroubleOrCode error={erase.error} onRetry={() => erase.mutate()} />}
      </div>
    </Card>
  );
}
