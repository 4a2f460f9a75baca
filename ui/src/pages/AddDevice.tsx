/** The add-device assistant: find, connect, check every sign, name, save. Every step has an address of its own. */
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import { Notice } from "../components/parts";
import { useMay, useSite } from "../hooks/session";
import { useSay } from "../words";
import { Connect } from "./add-device/Connect";
import { furthest, type Step, STEPS } from "./add-device/draft";
import { Find } from "./add-device/Find";
import { NameIt } from "./add-device/NameIt";
import { useProbe, useSave } from "./add-device/queries";
import { Save, Saved } from "./add-device/Save";
import { Signs } from "./add-device/Signs";
import { Steps } from "./add-device/Steps";
import { useDraft } from "./add-device/useDraft";
import { Hero } from "./shared/Hero";
import "./shared/pages.css";

export function AddDevice() {
  const may = useMay();
  return may("configure") ? <Assisted /> : <NoRight />;
}

function Assisted() {
  const assistant = useDraft();
  const { draft, go, forget, note } = assistant;
  const saving = useSave();
  const step = useReached(assistant);
  const title = useRef<HTMLDivElement>(null);
  const first = useRef(true);
  useEffect(() => {
    // A new step is announced by its heading.
    if (!first.current) title.current?.focus();
    first.current = false;
  }, [step]);
  useEffect(() => {
    if (saving.isSuccess) forget();
  }, [saving.isSuccess, forget]);
  if (saving.data) return <Saved name={saving.data.name} device={saving.data.id} onAnother={() => { saving.reset(); note({ serves: {}, signs: {}, name: "", id: "", place: "" }); go("find", { address: "", unit: 1, profile: "" }); }} />;
  return (
    <>
      <div ref={title} tabIndex={-1} className="outline-none">
        <Hero above={<Back />} title={<Title step={step} address={draft.address} unit={draft.unit} />} lead={<Lead step={step} address={draft.address} unit={draft.unit} />} />
      </div>
      <Steps step={step} />
      {step === "find" && <Find key={draft.address} assistant={assistant} />}
      {step === "connect" && <Connect assistant={assistant} />}
      {step === "sign" && <Signs assistant={assistant} />}
      {step === "name" && <NameIt assistant={assistant} />}
      {step === "save" && <Save assistant={assistant} saving={saving} />}
    </>
  );
}

/** The step of the address, or the last one that what was gathered allows. */
function useReached({ draft, step }: ReturnType<typeof useDraft>): Step {
  const found = useProbe(draft.profile ? draft.address : "", draft.unit, draft.profile);
  const values = found.data?.matches.find((each) => each.profile === draft.profile)?.values;
  const powers = values?.filter((each) => each.quantity === "power_w").map((each) => each.role) ?? Object.keys(draft.signs);
  const last = furthest(draft, powers);
  return STEPS.indexOf(step) <= STEPS.indexOf(last) ? step : last;
}

function Title({ step, address, unit }: { readonly step: Step; readonly address: string; readonly unit: number }) {
  const say = useSay();
  const found = useProbe(step === "connect" ? address : "", unit);
  if (step !== "connect") return <>{say(`add.title.${step}`)}</>;
  return <>{say(`add.title.${found.error ? "notConnected" : found.data ? "connect" : "connecting"}`, { address })}</>;
}

function Lead({ step, address, unit }: { readonly step: Step; readonly address: string; readonly unit: number }) {
  const say = useSay();
  const found = useProbe(step === "connect" ? address : "", unit);
  return step === "connect" && !found.data ? null : <>{say(`add.lead.${step}`)}</>;
}

function Back() {
  const say = useSay();
  return <Link to="/devices" search={{ site: useSite().id }} className="crumb"><span aria-hidden="true">‹</span>{say("devices.back")}</Link>;
}

function NoRight() {
  const say = useSay();
  return <><Hero above={<Back />} title={say("add.noRight")} /><Notice>{say("add.noRightLead")}</Notice></>;
}
