/** With whom one has traded, by the names they have agreed to. */
import type { Own, Partner } from "../../charts/marketShapes";
import { type Speech, useSpeech } from "../../charts/say";
import { Card, Tag } from "../../components/parts";
import { UNKNOWN } from "../../formats/numbers";
import { Table } from "../shared/Table";

export function Partners({ own }: { readonly own: Own }) {
  const speech = useSpeech();
  const { say, formats } = speech;
  const kwh = (wh: number): string => (wh > 0 ? formats.energy(wh / 1000) : UNKNOWN);
  return (
    <Card id="partners" title={say("market.partners")} note={say("market.partners.note")}>
      {own.partners.length === 0 ? (
        <p className="quiet">{say("market.partners.none")}</p>
      ) : (
        <>
          <Table
            caption={say("market.partners")}
            rows={own.partners}
            keyOf={(one) => one.name ?? "unnamed"}
            columns={[
              { key: "name", label: say("market.col.partner"), isHead: true, cell: (one) => <Name partner={one} speech={speech} /> },
              { key: "bought", label: say("market.col.boughtFrom"), isNumber: true, cell: (one) => kwh(one.bought_wh) },
              { key: "sold", label: say("market.col.soldTo"), isNumber: true, cell: (one) => kwh(one.sold_wh) },
            ]}
          />
          <p className="small pt-3">{say("market.partners.names")}</p>
        </>
      )}
    </Card>
  );
}

function Name({ partner, speech: { say } }: { readonly partner: Partner; readonly speech: Speech }) {
  return (
    <>
      {partner.name ?? say("market.partners.unnamed", { count: partner.partner_count })} {partner.is_simulated && <Tag level="plain">{say("market.partners.simulated")}</Tag>}
    </>
  );
}
