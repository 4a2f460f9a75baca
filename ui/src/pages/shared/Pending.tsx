/** A button for something that is asked of the server: it keeps its text plus what is going on, until the answer is there. */
import type { ComponentProps, ReactNode } from "react";

import { Button } from "../../components/parts";

interface Props extends ComponentProps<typeof Button> {
  readonly isPending: boolean;
  readonly pending: ReactNode;
}

export function Pending({ isPending, pending, children, onClick, disabled, ...rest }: Props) {
  return (
    <Button {...rest} disabled={disabled} aria-disabled={isPending || undefined} aria-live="polite" onClick={(event) => !isPending && onClick?.(event)}>
      {isPending ? pending : children}
    </Button>
  );
}
