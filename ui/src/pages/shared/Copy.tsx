/** Copies a text, and says whether it did. */
import { useState } from "react";

import { Button } from "../../components/parts";

interface Props {
  readonly text: string;
  readonly label: string;
  readonly done: string;
  readonly failed: string;
  readonly kind?: "plain" | "primary";
}

export function Copy({ text, label, done, failed, kind }: Props) {
  const [told, setTold] = useState<"" | "done" | "failed">("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setTold("done");
    } catch {
      setTold("failed");
    }
  };
  return (
    <span className="copy">
      <Button kind={kind} icon={told === "done" ? "ok" : undefined} onClick={() => void copy()}>{told === "done" ? done : label}</Button>
      <span role="status" className={told === "failed" ? "text-[13.5px] text-danger" : "vh"}>{told === "failed" ? failed : told === "done" ? done : ""}</span>
    </span>
  );
}
