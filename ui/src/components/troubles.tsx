/** What to show when something did not work: what happened, what still works, what to do, a code to copy. */
import { Refused } from "../api/client";
import { useSay } from "../words";
import { Button, LinkButton, Notice } from "./parts";

const KNOWN = new Set(["offline", "not-allowed", "not-signed-in", "no-such-site", "site-silent", "store-silent", "too-many-requests"]);

/** The sentence for an error, in the reader's language where we know it, else as the server wrote it. */
export function useTrouble(): (error: unknown) => string {
  const say = useSay();
  return (error) => {
    if (!(error instanceof Refused)) return say("trouble.no-contact");
    if (KNOWN.has(error.problem.code)) return say(`trouble.${error.problem.code}`, { detail: error.problem.detail });
    // A server that broke, or one in between, has no words that help anybody.
    if (!error.problem.detail) return say("trouble.unsaid", { status: error.problem.status });
    return error.message;
  };
}

export function Trouble({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const say = useSay();
  const told = useTrouble();
  const code = error instanceof Refused ? [error.problem.code, error.requestId].filter(Boolean).join(" ") : "no-contact";
  const faults = error instanceof Refused ? error.problem.faults : [];
  return (
    <Notice level="warn" end={<LinkButton onClick={() => void navigator.clipboard?.writeText(code)}>{say("trouble.copy", { code })}</LinkButton>}>
      <p>{told(error)}</p>
      {faults.map((each) => (
        <p key={each.place + each.message} className="text-[13.5px] text-ink-2">
          <strong>{each.place}</strong> {each.message} {each.remedy}
        </p>
      ))}
      {onRetry && (
        <Button className="mt-2" onClick={onRetry}>
          {say("trouble.retry")}
        </Button>
      )}
    </Notice>
  );
}
