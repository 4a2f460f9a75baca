/** What a device is, how its numbers were checked, and what it does when contact is lost. */
import { lazy, Suspense, useState } from "react";

import { Icon } from "../../components/Icon";
import { Button, Card, Shape } from "../../components/parts";
import { useMay, useSite } from "../../hooks/session";
import { useLanguage, useSay, withWords } from "../../words";
import { Facts } from "../shared/Facts";
import { dayAndYear } from "../shared/moments";
import { driverName, kindOf } from "./kinds";
import type { DeviceDetail } from "./shapes";

const SignCheck = lazy(withWords(["add-device"], () => import("./SignCheck")));

export function About({ device }: { readonly device: DeviceDetail }) {
  const say = useSay();
  const { assets } = useSite();
  const notTold = <span className="small">{say("devices.facts.notTold")}</span>;
  const serves = Object.values(device.serves).map((asset) => assets.find((each) => each.id === asset)?.name ?? say(`devices.kind.${kindOf(asset, assets)}`));
  return (
    <Card id="facts" title={say("devices.facts")}>
      <Facts facts={[
        [say("devices.facts.product"), device.product || device.profile || driverName(device.driver)],
        [say("devices.place"), device.place || say("devices.noPlace")],
        [say("devices.facts.serves"), serves.join(", ") || "–"],
        [say("devices.facts.address"), <code key="address">{device.address}{device.unit_id !== 1 ? `, ${say("devices.facts.unit")} ${device.unit_id}` : ""}</code>],
        [say("devices.facts.speaks"), driverName(device.driver)],
        [say("devices.facts.firmware"), device.firmware || notTold],
        [say("devices.facts.serial"), device.serial || notTold],
        ...(device.lost_count == null ? [] : [[say("devices.facts.lost"), device.lost_count] as const]),
        ...(device.write_count == null ? [] : [[say("devices.facts.writes"), device.write_count] as const]),
      ]} />
    </Card>
  );
}

export function Calibration({ device }: { readonly device: DeviceDetail }) {
  const say = useSay();
  const language = useLanguage();
  const may = useMay();
  const site = useSite();
  const { signs } = device;
  const [isOpen, setOpen] = useState(false);
  const isMeter = Object.values(device.serves).includes("grid") && !device.waits_for_start;
  return (
    <Card id="calibration" title={say("devices.calibration")}>
      <p className="quiet">
        {!signs ? say("devices.calibration.never") : say("devices.calibration.checked", { when: dayAndYear(signs.at, site.timezone, language), who: signs.who })}
      </p>
      {signs?.result && <p className="small">{signs.result}</p>}
      {may("configure") && isMeter && !isOpen && <div className="buttons pt-3"><Button onClick={() => setOpen(true)}>{say("devices.calibration.check")}</Button></div>}
      {isOpen && <Suspense fallback={<Shape height={160} />}><SignCheck device={device.id} /></Suspense>}
    </Card>
  );
}

export function ContactLost({ device }: { readonly device: DeviceDetail }) {
  const say = useSay();
  const loss = device.comms_loss;
  if (!loss) return <Card id="lost" title={say("devices.lost")}><p className="quiet">{say("devices.lost.none")}</p></Card>;
  const is = loss.holds === true ? "holds" : loss.holds === false ? "notHeld" : "unknown";
  return (
    <Card id="lost" title={say("devices.lost")}>
      <p className="quiet">{say("devices.lost.time", { seconds: loss.seconds })}</p>
      {loss.action && <p className="small">{say("devices.lost.action", { action: loss.action })}</p>}
      <p className="pt-2 flex items-center gap-2 text-[14.5px]">
        <span className="mark" data-is={is === "holds" ? "ok" : is === "notHeld" ? "no" : "wait"}><Icon name={is === "holds" ? "ok" : is === "notHeld" ? "no" : "info"} size={18} /></span>
        {say(`devices.lost.${is}`)}
      </p>
    </Card>
  );
}
