/** How far the numbers can be trusted, and how to take them away: forecast accuracy, gaps, downloads. */
import { useState } from "react";

import { Button, Card } from "../components/parts";
import { saveFile } from "../charts/csv";
import { named, type Speech, useSpeech } from "../charts/say";
import type { Savings } from "../charts/shapes";
import { clock, dayStart, dayWords } from "../charts/time";
import type { AssetBrief } from "../api/shapes";
import { useSite } from "../hooks/session";
import { quarterHours } from "./SavingsQueries";

const GAPS_SHOWN = 6;
const LEANS_FROM_W = 10;

export function SavingsAccuracy({ savings }: { readonly savings: Savings }) {
  const speech = useSpeech();
  const { say, formats } = speech;
  const { assets } = useSite();
  const days = Math.max(0, ...savings.accuracy.map((one) => one.days));
  return (
    <Card id="accuracy" title={say("savings.accuracy")} note={days > 0 ? say("savings.accuracyLead", { count: days }) : undefined}>
      {savings.accuracy.length === 0 ? (
        <p className="text-ink-2">{say("savings.accuracyNone")}</p>
      ) : (
        <div className="table-box" tabIndex={0} role="group" aria-label={say("savings.accuracy")}>
          <table className="data-table">
            <thead>
              <tr>
                <th scope="col">{say("savings.col.channel")}</th>
                <th scope="col" className="num">{say("savings.col.mae")}</th>
                <th scope="col" className="num">{say("savings.col.bias")}</th>
                <th scope="col" className="num">{say("savings.col.inside")}</th>
              </tr>
            </thead>
            <tbody>
              {savings.accuracy.map((one) => (
                <tr key={one.channel}>
                  <td>{channelName(one.channel, assets, speech)}</td>
                  <td className="num">{formats.power(one.mae_w)}</td>
                  <td className="num">{leaning(isSolar(one.channel, assets) ? -one.bias_w : one.bias_w, speech)}</td>
                  <td className="num">{say("savings.insideAim", { share: formats.percent(one.coverage_ratio) })}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

type Assets = readonly AssetBrief[];

/** A channel in words: the name of the device that "roof.power_w" belongs to, or what the catalogue calls it. */
function channelName(channel: string, assets: Assets, speech: Speech): string {
  const [id = channel] = channel.split(".");
  return assets.find((one) => one.id === id)?.name ?? named(speech, "savings.channel", id);
}

/** Solar is negative in the data: more of it is a smaller number. */
function isSolar(channel: string, assets: Assets): boolean {
  return assets.some((one) => one.id === channel.split(".")[0] && one.kind === "pv");
}

function leaning(biasW: number, { say, formats }: Speech): string {
  if (Math.abs(biasW) < LEANS_FROM_W) return say("savings.bias.none");
  return say(biasW > 0 ? "savings.bias.high" : "savings.bias.low", { power: formats.power(Math.abs(biasW)) });
}

export function SavingsGaps({ savings }: { readonly savings: Savings }) {
  const speech = useSpeech();
  const { say, locale } = speech;
  const { timezone, assets } = useSite();
  const span = (from: number, to: number): string => {
    const isOneDay = dayStart(from, timezone) === dayStart(to - 1, timezone);
    const end = isOneDay ? clock(to, timezone) : `${dayWords(to, timezone, locale)}, ${clock(to, timezone)}`;
    return say("savings.gap", { from: `${dayWords(from, timezone, locale)}, ${clock(from, timezone)}`, to: end });
  };
  const more = savings.gaps.length - GAPS_SHOWN;
  return (
    <Card id="gaps" title={say("savings.gaps")}>
      {savings.gaps.length === 0 ? (
        <p className="text-ink-2">{say("savings.gapsNone")}</p>
      ) : (
        <>
          <p className="text-ink-2 savings-lead">{say("savings.gapsLead")}</p>
          <ul className="savings-gaps">
            {savings.gaps.slice(0, GAPS_SHOWN).map((gap) => (
              <li key={gap.channel + gap.from}>
                <strong>{channelName(gap.channel, assets, speech)}</strong> {span(Date.parse(gap.from), Date.parse(gap.to))}
              </li>
            ))}
            {more > 0 && <li>{say("savings.gapsMore", { count: more })}</li>}
          </ul>
        </>
      )}
    </Card>
  );
}

interface DownloadsProps {
  readonly month: string | null;
  readonly monthName: string;
}

export function SavingsDownloads({ month, monthName }: DownloadsProps) {
  const { say } = useSpeech();
  const { id } = useSite();
  const [why, setWhy] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const load = async (): Promise<void> => {
    if (month === null) return;
    setBusy(true);
    setWhy(null);
    try {
      saveFile(`quarter-hours-${month}.csv`, await quarterHours(id, month));
    } catch (error) {
      setWhy(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  };
  return (
    <Card id="downloads" title={say("savings.downloads")}>
      <p className="text-ink-2 savings-lead">{say(month === null ? "savings.rawYear" : "savings.rawLead")}</p>
      {month !== null && <Button disabled={isBusy} onClick={() => void load()}>{say("savings.raw", { month: monthName })}</Button>}
      <p role="status" className="savings-why">{why && say("savings.rawFailed", { why })}</p>
    </Card>
  );
}
