/** The small parts every page is made of. */
import type { ComponentProps, ReactNode } from "react";

import type { Amount } from "../formats/numbers";
import { UNKNOWN } from "../formats/numbers";
import { Icon, type IconName } from "./Icon";

interface CardProps {
  readonly id: string;
  readonly title: string;
  readonly note?: ReactNode;
  readonly end?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A card with its heading, a note beside it and actions at its end. */
export function Card({ id, title, note, end, className = "", children }: CardProps) {
  return (
    <section className={`card ${className}`} aria-labelledby={`h-${id}`}>
      <header className="card-head">
        <h2 id={`h-${id}`}>{title}</h2>
        {note !== undefined && <small>{note}</small>}
        {end !== undefined && <span className="end">{end}</span>}
      </header>
      {children}
    </section>
  );
}

interface ButtonProps extends ComponentProps<"button"> {
  readonly kind?: "plain" | "primary" | "danger";
  readonly icon?: IconName;
}

export function Button({ kind = "plain", icon, children, className = "", ...rest }: ButtonProps) {
  return (
    <button type="button" className={`btn ${className}`} data-kind={kind} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export function LinkButton({ children, ...rest }: ComponentProps<"button">) {
  return (
    <button type="button" className="link" {...rest}>
      {children}
    </button>
  );
}

interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string; readonly disabled?: boolean }[];
  readonly onChange: (value: T) => void;
  readonly disabled?: boolean;
}

/** One of a few, shown side by side; arrow keys move as in every group of radios. */
export function Segmented<T extends string>({ label, value, options, onChange, disabled }: SegmentedProps<T>) {
  const move = (from: T, by: number) => {
    const open = options.filter((each) => !each.disabled);
    const at = open.findIndex((each) => each.value === from);
    const next = open[(at + by + open.length) % open.length];
    if (next) onChange(next.value);
  };
  return (
    <div className="seg" role="radiogroup" aria-label={label}>
      {options.map((each) => (
        <button
          key={each.value}
          type="button"
          role="radio"
          aria-checked={each.value === value}
          tabIndex={each.value === value ? 0 : -1}
          disabled={disabled || each.disabled}
          onClick={() => each.value !== value && onChange(each.value)}
          onKeyDown={(event) => {
            if (event.key === "ArrowRight" || event.key === "ArrowDown") move(each.value, 1);
            if (event.key === "ArrowLeft" || event.key === "ArrowUp") move(each.value, -1);
          }}
        >
          {each.label}
        </button>
      ))}
    </div>
  );
}

export type Level = "info" | "warn" | "danger" | "ok";
const LEVEL_ICON: Record<Level, IconName> = { info: "info", warn: "warn", danger: "warn", ok: "ok" };

export function Notice({ level = "info", children, end }: { readonly level?: Level; readonly children: ReactNode; readonly end?: ReactNode }) {
  return (
    <div className="notice" data-level={level} role={level === "danger" ? "alert" : undefined}>
      <Icon name={LEVEL_ICON[level]} />
      <div className="text">{children}</div>
      {end !== undefined && <span className="end">{end}</span>}
    </div>
  );
}

/** A big number with its unit smaller; unknown is a dash. */
export function Big({ amount }: { readonly amount: Amount }) {
  if (amount.number === UNKNOWN) return <>{UNKNOWN}</>;
  return (
    <>
      {amount.number}
      {amount.unit && <span className="unit">{amount.unit}</span>}
    </>
  );
}

export interface StatProps {
  readonly label: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly children?: ReactNode;
}

/** One of the numbers in a row of totals; use inside `<Stats>`. */
export function Stat({ label, value, note, children }: StatProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="n">{value}</dd>
      {note !== undefined && <dd className="s">{note}</dd>}
      {children}
    </div>
  );
}

export function Stats({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <section aria-label={label}>
      <dl className="card nums">{children}</dl>
    </section>
  );
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly wrong?: ReactNode;
  readonly children: (props: { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean | undefined; className: string }) => ReactNode;
}

/** A labelled input with its hint and what is wrong with it. */
export function Field({ id, label, hint, wrong, children }: FieldProps) {
  const said = [hint !== undefined && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ") || undefined;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": said, "aria-invalid": wrong ? true : undefined, className: "input" })}
      {hint !== undefined && <small id={`${id}-hint`}>{hint}</small>}
      {wrong && (
        <small id={`${id}-wrong`} className="wrong" role="alert">
          {wrong}
        </small>
      )}
    </div>
  );
}

/** A grey shape of the final size, seen only when loading takes longer than 300 ms. */
export function Shape({ height, className = "" }: { readonly height: number; readonly className?: string }) {
  return <div className={`shape ${className}`} style={{ height }} aria-hidden="true" />;
}

export function Tag({ level = "plain", children }: { readonly level?: "plain" | "ok" | "warn" | "danger"; readonly children: ReactNode }) {
  return (
    <span className="tag" data-level={level}>
      {children}
    </span>
  );
}
