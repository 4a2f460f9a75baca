/** What runs here. */
import { Card } from "../../components/parts";
import { useSay } from "../../words";
import { Facts } from "../shared/Facts";
import { useVersion } from "../support/queries";

export function About() {
  const say = useSay();
  const { data } = useVersion();
  return (
    <Card id="about" title={say("admin.about.versions")}>
      <Facts facts={[
        ["Enerwise", data?.version ?? "–"],
        ...(data?.python ? [["Python", data.python] as const] : []),
        [say("admin.about.licence"), say("admin.about.licenceText")],
      ]} />
    </Card>
  );
}
