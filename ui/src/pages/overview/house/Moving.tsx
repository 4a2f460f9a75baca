/** Loads the moving house when somebody wants it; where it cannot be had, the ribbons stay. */
import { Component, lazy, type ReactNode, Suspense } from "react";

import type { LiveNode } from "../../../api/shapes";
import { Shape } from "../../../components/parts";
import { withWords } from "../../../words";
import type { Balance } from "../flows";

const HouseView = lazy(withWords(["house"], () => import("./HouseView")));

interface Props {
  readonly nodes: readonly LiveNode[];
  readonly found: Balance;
  /** What is shown instead. */
  readonly flow: ReactNode;
  readonly onLost: () => void;
}

export function Moving({ nodes, found, flow, onLost }: Props) {
  return (
    <Instead other={flow}>
      <Suspense fallback={<Shape height={400} />}>
        <HouseView nodes={nodes} found={found} onLost={onLost} />
      </Suspense>
    </Instead>
  );
}

/** Offline, or without graphics after all: not a reason to show nothing. */
class Instead extends Component<{ readonly other: ReactNode; readonly children: ReactNode }, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? this.props.other : this.props.children;
  }
}
