/** One of a few, as chips that are radios: arrow keys, names and all. */
interface Props {
  readonly name: string;
  readonly legend: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string; readonly note?: string; readonly disabled?: boolean }[];
  readonly onChange: (value: string) => void;
  readonly isList?: boolean;
}

export function Choices({ name, legend, value, options, onChange, isList = false }: Props) {
  return (
    <fieldset className="choices">
      <legend>{legend}</legend>
      <div className={isList ? "choices" : "chips"}>
        {options.map((each) => (
          <label key={each.value} className="choice">
            <input type="radio" name={name} value={each.value} checked={each.value === value} disabled={each.disabled} onChange={() => onChange(each.value)} />
            <b>{each.label}</b>
            {each.note && <small>{each.note}</small>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
