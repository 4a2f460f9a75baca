/** More: what the rail shows on a desktop, look and language, messages to this device, signing out. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { read, write } from "../api/client";
import { Icon } from "../components/Icon";
import { Button, Card, Notice, Segmented } from "../components/parts";
import { Trouble } from "../components/troubles";
import { areKeysOn, keepKeys } from "../frame/Keys";
import { ModeSwitch } from "../frame/ModeSwitch";
import { useManaged, useTrade } from "../frame/Rail";
import { useSite, usePerson } from "../hooks/session";
import { isStill, keepStill, type Theme, theme, wear } from "../hooks/theme";
import { LANGUAGES, speak, useLanguage, useSay } from "../words";
import { subscribe, unsubscribe } from "./more/push";

export function More() {
  const say = useSay();
  const { id } = useSite();
  const person = usePerson();
  const managed = [{ to: "/safety", name: "safety", icon: "shield" as const }, ...useTrade(), ...useManaged()];
  const known = useQueryClient();
  const leave = useMutation({ mutationFn: () => write<unknown>("POST", "/auth/sign-out"), onSuccess: () => void known.invalidateQueries() });
  return (
    <>
      <div className="hero"><div><h1>{say("more.title")}</h1>{person && <p>{say("more.signed-in", { name: person.name })}</p>}</div></div>
      <Card id="pages" title={say("more.pages")} className="md:hidden">
        <ModeSwitch />
        <ul className="grid gap-2 mt-3">
          {managed.map((each) => <li key={each.to}><Link to={each.to} search={{ site: id }} className="btn w-full !justify-start"><Icon name={each.icon} />{say(`shell.page.${each.name}`)}</Link></li>)}
        </ul>
      </Card>
      <Look />
      <Push />
      <div><Button icon="out" disabled={leave.isPending} onClick={() => leave.mutate()}>{say("more.sign-out")}</Button></div>
      {leave.error && <Trouble error={leave.error} />}
    </>
  );
}

function Look() {
  const say = useSay();
  const language = useLanguage();
  const [worn, setWorn] = useState<Theme>(theme());
  const [still, setStill] = useState(isStill());
  const [keys, setKeys] = useState(areKeysOn());
  return (
    <Card id="look" title={say("more.look")}>
      <div className="grid gap-4 justify-items-start">
        <Segmented label={say("more.language")} value={language} options={LANGUAGES.map((value) => ({ value, label: value === "de" ? "Deutsch" : "English" }))} onChange={(value) => void speak(value)} />
        <Segmented
          label={say("more.theme")}
          value={worn}
          options={(["system", "light", "dark"] as const).map((value) => ({ value, label: say(`more.theme.${value}`) }))}
          onChange={(value) => { wear(value); setWorn(value); }}
        />
        <label className="flex gap-3 items-center min-h-[44px]"><input type="checkbox" className="size-5" checked={still} onChange={(event) => { keepStill(event.target.checked); setStill(event.target.checked); }} />{say("more.still")}</label>
        <label className="flex gap-3 items-center min-h-[44px]"><input type="checkbox" className="size-5" checked={keys} onChange={(event) => { keepKeys(event.target.checked); setKeys(event.target.checked); }} />{say("more.keys")}</label>
      </div>
    </Card>
  );
}

/** Shown only where server and browser can send messages. */
function Push() {
  const say = useSay();
  const key = useQuery({ queryKey: ["push-key"], queryFn: ({ signal }) => read<{ public_key: string }>("/push/key", signal), retry: false, staleTime: Infinity });
  const on = useMutation({ mutationFn: () => subscribe(key.data?.public_key ?? "") });
  const off = useMutation({ mutationFn: unsubscribe });
  const test = useMutation({ mutationFn: () => write<unknown>("POST", "/push/test") });
  if (!key.data || !("PushManager" in window)) return null;
  const error = on.error ?? off.error ?? test.error;
  return (
    <Card id="push" title={say("more.push")}>
      <p className="text-ink-2 mb-3">{say("more.push.about")}</p>
      {Notification.permission === "denied" && <Notice level="warn">{say("more.push.denied")}</Notice>}
      <div className="flex flex-wrap gap-3">
        <Button disabled={on.isPending || Notification.permission === "denied"} onClick={() => on.mutate()}>{say("more.push.on")}</Button>
        <Button disabled={off.isPending} onClick={() => off.mutate()}>{say("more.push.off")}</Button>
        <Button disabled={test.isPending} onClick={() => test.mutate()}>{say("more.push.test")}</Button>
      </div>
      {error && <Trouble error={error} />}
    </Card>
  );
}
