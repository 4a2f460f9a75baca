/** The button of the emergency stop is not ours: its script draws it into the slot that we offer, and tells what it did. */
import { useEffect, useRef } from "react";

import { useLive } from "../live/live";
import { useSite } from "../hooks/session";
import { useLanguage } from "../words";
import { isStopped } from "../hooks/commands";

export function useStopSlot() {
  const slot = useRef<HTMLDivElement>(null);
  const site = useSite();
  const language = useLanguage();
  const { live } = useLive(site.id);
  const stopped = isStopped(live?.state);
  useEffect(() => {
    if (slot.current) window.enerwiseStopButton?.mount(slot.current);
  }, []);
  useEffect(() => {
    document.documentElement.toggleAttribute("data-stopped", stopped);
    const devices = site.assets.filter((each) => each.is_controllable).map((each) => ({ id: each.id, name: each.name }));
    window.enerwiseStopButton?.about({ site: site.id, name: site.name, mainSwitch: site.main_switch, language, isStopped: stopped, devices });
  }, [site, language, stopped]);
  return slot;
}
