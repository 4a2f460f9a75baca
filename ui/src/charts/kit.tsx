/** Small pieces that pages with charts share. */
import { Fragment, type ReactNode } from "react";

import type { Amount } from "../formats/numbers";

/** A number with its unit at 62 % size. */
export function Big({ amount }: { readonly amount: Amount }) {
  return (
    <>
      {amount.number}
      {amount.unit && <span className="unit">{amount.unit}</span>}
    </>
  );
}

/** Words in which `**this**` is strong. */
export function Strong({ text }: { readonly text: string }): ReactNode {
  return text.split("**").map((part, k) => (k % 2 ? <strong key={k}>{part}</strong> : <Fragment key={k}>{part}</Fragment>));
}

interface SegProps<V extends string> {
  readonly label: string;
  readonly value: V;
  readonly choices: readonly { readonly value: V; readonly label: string }[];
  readonly isDisabled?: boolean;
  readonly onChoose: (value: V) => void;
}

/** A row of choices of which one holds; arrow keys walk, as radios do. */
export function Seg<V extends string>({ label, value, choices, isDisabled = false, onChoose }: SegProps<V>) {
  const step = (from: number, by: number, group: HTMLElement | null): void => {
    const next = choices[(from + by + choices.length) % choices.length];
    if (!next) return;
    onChoose(next.value);
    group?.querySelector<HTMLElement>(`[data-value="${next.value}"]`)?.focus();
  };
  return (
    <div className="seg" role="radiogroup" aria-label={label}>
      {choices.map((choice, k) => (
        <button
          key={choice.value}
          type="button"
          role="radio"
          data-value={choice.value}
          aria-checked={choice.value === value}
          tabIndex={choice.value === value || (k === 0 && !choices.some((one) => one.value === value)) ? 0 : -1}
          disabled={isDisabled}
          onClick={() => onChoose(choice.value)}
          onKeyDown={(event) => {
            const by = event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : event.key === "ArrowLeft" || event.key === "ArrowUp" ? -1 : 0;
            if (by === 0) return;
            event.preventDefault();
            step(k, by, event.currentTarget.parentElement);
          }}
        >
          {choice.label}
        </button>
      ))}
    </div>
  );
}
