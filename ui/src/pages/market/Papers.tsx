/** What can be taken away: every settled slot as a table or a document. */
import { useState } from "react";

import { useSpeech } from "../../charts/say";
import { Button, Card } from "../../components/parts";
import { saveBlob } from "../shared/files";
import { fileOf, type Place } from "./queries";

const FORMS = ["csv", "pdf"] as const;

export function Papers({ place }: { readonly place: Place }) {
  const { say } = useSpeech();
  const [why, setWhy] = useState<string | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const load = async (form: (typeof FORMS)[number]): Promise<void> => {
    setWhy(null);
    setBusy(form);
    try {
      saveBlob(`statement-${place.market.id}.${form}`, await fileOf(place, `statement?form=${form}`));
    } catch (error) {
      setWhy(error instanceof Error ? error.message : String(error));
    }
    setBusy(null);
  };
  return (
    <Card id="papers" title={say("market.papers")}>
      <div className="form">
        <p className="quiet">{say("market.papers.about")}</p>
        <div className="buttons">
          {FORMS.map((form) => <Button key={form} disabled={busy !== null} onClick={() => void load(form)}>{say(`market.papers.${form}`)}</Button>)}
        </div>
        <p className="small">{say("market.papers.proof")}</p>
        {why && <p role="alert" className="text-danger">{say("market.file.failed", { why })}</p>}
      </div>
    </Card>
  );
}
