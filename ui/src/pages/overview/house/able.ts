/** Whether the moving house may be shown: with graphics acceleration, and where nobody and nothing asks for rest. */
import { useEffect, useState } from "react";

const LOW_RATIO = 0.2;

export interface Means {
  readonly hasWebGl: boolean;
  readonly isReduced: boolean;
  readonly isStill: boolean;
  readonly isSaving: boolean;
}

export function mayMove({ hasWebGl, isReduced, isStill, isSaving }: Means): boolean {
  return hasWebGl && !isReduced && !isStill && !isSaving;
}

interface Battery extends EventTarget {
  readonly charging: boolean;
  readonly level: number;
}

interface Saving {
  readonly connection?: { readonly saveData?: boolean };
  readonly getBattery?: () => Promise<Battery>;
}

let webGl: boolean | undefined;

function hasWebGl(): boolean {
  webGl ??= typeof WebGL2RenderingContext !== "undefined" && document.createElement("canvas").getContext("webgl2") !== null;
  return webGl;
}

/** Browsers do not tell of a battery saver; what they tell is a battery that runs low, and a wish to save data. */
function useSaving(): boolean {
  const system = navigator as Navigator & Saving;
  const [isLow, setLow] = useState(false);
  useEffect(() => {
    let found: Battery | null = null;
    const look = () => found && setLow(!found.charging && found.level <= LOW_RATIO);
    void system.getBattery?.().then((battery) => {
      found = battery;
      look();
      for (const each of ["chargingchange", "levelchange"]) battery.addEventListener(each, look);
    });
    return () => {
      for (const each of ["chargingchange", "levelchange"]) found?.removeEventListener(each, look);
    };
  }, [system]);
  return isLow || system.connection?.saveData === true;
}

const REDUCED = "(prefers-reduced-motion: reduce)";

export function useMayMove(): boolean {
  const isSaving = useSaving();
  const [isReduced, setReduced] = useState(() => matchMedia(REDUCED).matches);
  useEffect(() => {
    const query = matchMedia(REDUCED);
    const look = () => setReduced(query.matches);
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  const isStill = document.documentElement.hasAttribute("data-still");
  return mayMove({ hasWebGl: !isReduced && !isStill && hasWebGl(), isReduced, isStill, isSaving });
}
