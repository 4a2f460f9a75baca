/** The width a chart may fill, kept up to date. */
import { type RefObject, useLayoutEffect, useRef, useState } from "react";

/** A ref for the box, and its inner width in whole pixels (0 before it is known). */
export function useWidth<E extends HTMLElement>(): [RefObject<E | null>, number] {
  const ref = useRef<E>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const box = ref.current;
    if (!box) return;
    const measure = (): void => setWidth(Math.floor(box.clientWidth));
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(box);
    return () => watcher.disconnect();
  }, []);
  return [ref, width];
}
