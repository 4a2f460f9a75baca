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
    const devices = live?.devices.map((each) => ({ id: each.id, name: each.id })) ?? [];
    window.enerwiseStopButton?.about({ site: site.id, name: site.name, mainSwitch: site.main_switch, language, isStopped: stopped, devices });
  }, [site, language, stopped, live?.devices.length]); // eslint-disable-line
  return slot;
}
