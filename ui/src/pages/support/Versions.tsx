/** What runs here, for whoever helps. */
import { Card } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { useSay } from "../../words";
import { Facts } from "../shared/Facts";
import { useVersion } from "./queries";

export function Versions() {
  const say = useSay();
  const found = useVersion();
  const unknown = <span className="small">{say("support.versions.unknown")}</span>;
  return (
    <Card id="versions" title={say("support.versions")}>
      {found.error && !found.data ? <Trouble error={found.error} onRetry={() => void found.refetch()} /> : (
        <Facts facts={[
          [say("support.versions.enerwise"), found.data?.version ?? unknown],
          ...(found.data?.python ? [[say("support.versions.python"), found.data.python] as const] : []),
          [say("support.docs"), <a key="api" className="link" href="/api/v1/openapi.json">{say("support.docs.api")}</a>],
        ]} />
      )}
    </Card>
  );
}
