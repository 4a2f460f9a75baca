/** A password field that can be shown, and that password managers understand; with words for its strength where it is new. */
import { useId, useState } from "react";

import { Field } from "../../components/parts";
import { useSay } from "../../words";
import { judge } from "./strength";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isNew?: boolean;
  readonly hint?: string;
  readonly wrong?: string | undefined;
  /** What others know of the person: it makes a password weak. */
  readonly known?: readonly string[];
  readonly name?: string;
  readonly autoFocus?: boolean;
}

export function Password({ label, value, onChange, isNew = false, hint, wrong, known, name, autoFocus }: Props) {
  const say = useSay();
  const id = useId();
  const [isShown, setShown] = useState(false);
  return (
    <div className="form !gap-2">
      <Field id={id} label={label} hint={hint} wrong={wrong}>
        {(props) => (
          <span className="reveal">
            <input {...props} name={name ?? (isNew ? "new-password" : "password")} type={isShown ? "text" : "password"} autoComplete={isNew ? "new-password" : "current-password"} minLength={isNew ? 12 : undefined} maxLength={256} autoCapitalize="none" spellCheck={false} autoFocus={autoFocus} value={value} onChange={(event) => onChange(event.target.value)} />
            <button type="button" aria-label={say(isShown ? "sign.hide" : "sign.show")} aria-pressed={isShown} onClick={() => setShown(!isShown)}>
              <Eye isShut={isShown} />
            </button>
          </span>
        )}
      </Field>
      {isNew && value !== "" && <Strength password={value} known={known ?? []} />}
    </div>
  );
}

function Eye({ isShut }: { readonly isShut: boolean }) {
  return (
    <svg width={20} height={20} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth={1.8} strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d="M2.5 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12Z" />
      <circle cx="12" cy="12" r="3" />
      {isShut && <path d="M4 4l16 16" />}
    </svg>
  );
}

function Strength({ password, known }: { readonly password: string; readonly known: readonly string[] }) {
  const say = useSay();
  const { is, hint, missing } = judge(password, known);
  return (
    <div className="strength">
      <span className="strength-bar" aria-hidden="true">{[1, 2, 3, 4].map((each) => <i key={each} data-on={is >= each ? "" : undefined} />)}</span>
      <span role="status">{say("sign.strength", { word: say(`sign.strength.${is}`) })}{hint && `. ${say(`sign.strength.${hint}`, { count: missing })}`}</span>
    </div>
  );
}
