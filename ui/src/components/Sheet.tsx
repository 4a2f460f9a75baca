/** A dialog on a desktop, a sheet from below on a phone; focus stays inside and returns. */
import * as Dialog from "@radix-ui/react-dialog";
import type { ReactNode } from "react";

import { useSay } from "../words";
import { Icon } from "./Icon";

interface Props {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Sheet({ title, isOpen, onClose, children }: Props) {
  const say = useSay();
  // Not modal for the pointer: the emergency stop above it must stay within reach.
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()} modal={false}>
      <Dialog.Portal>
        <div className="sheet-back" aria-hidden="true" onClick={onClose} />
        <Dialog.Content className="sheet" aria-describedby={undefined} onInteractOutside={(event) => event.preventDefault()}>
          <div className="flex items-start gap-3 mb-3">
            <Dialog.Title className="text-[18px] font-[650] flex-1">{title}</Dialog.Title>
            <Dialog.Close className="btn !min-h-[36px] !px-2" aria-label={say("shell.close")}>
              <Icon name="no" size={18} />
            </Dialog.Close>
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
