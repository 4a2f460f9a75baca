/** Keys: `g` and a letter go to a page, `?` lists them. Single letters can be turned off. */
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { Sheet } from "../components/Sheet";
import { useSite } from "../hooks/session";
import { useSay } from "../words";

const GO: Readonly<Record<string, string>> = { o: "/", p: "/plan", s: "/savings", d: "/devices", f: "/safety" };
const KEPT = "enerwise.keys";
const PAIR_MS = 1200;

export function areKeysOn(): boolean {
  return localStorage.getItem(KEPT) !== "off";
}

export function keepKeys(on: boolean): void {
  localStorage.setItem(KEPT, on ? "on" : "off");
}

export function Keys() {
  const say = useSay();
  const go = useNavigate();
  const { id } = useSite();
  const [isOpen, setOpen] = useState(false);
  const firstMs = useRef(0);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const writes = target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
      if (writes || event.ctrlKey || event.metaKey || event.altKey || !areKeysOn()) return;
      if (event.key === "?") setOpen(true);
      const page = GO[event.key];
      if (page && Date.now() - firstMs.current < PAIR_MS) void go({ to: page, search: { site: id } });
      firstMs.current = event.key === "g" ? Date.now() : 0;
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [go, id]);
  return (
    <Sheet title={say("keys.title")} isOpen={isOpen} onClose={() => setOpen(false)}>
      <table className="data-table">
        <tbody>
          {Object.keys(GO).map((key) => <tr key={key}><td><kbd>g</kbd> <kbd>{key}</kbd></td><td>{say(`keys.${key}`)}</td></tr>)}
          <tr><td><kbd>Ctrl</kbd> <kbd>Shift</kbd> <kbd>.</kbd></td><td>{say("keys.stop")}</td></tr>
          <tr><td><kbd>?</kbd></td><td>{say("keys.list")}</td></tr>
        </tbody>
      </table>
    </Sheet>
  );
}
