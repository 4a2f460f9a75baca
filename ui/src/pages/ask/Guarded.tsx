/** A question to whoever is signed in; others sign in first and come back. */
import { type ReactNode, useEffect } from "react";

import { Shape } from "../../components/parts";
import { Trouble } from "../../components/troubles";
import { ToSignIn } from "../../Frame";
import { useAuth } from "../../hooks/session";
import type { AuthState } from "../../api/shapes";
import { Door } from "../sign-in/Door";

interface Props {
  readonly title: string;
  readonly children: (auth: AuthState) => ReactNode;
}

export function Guarded({ title, children }: Props) {
  const auth = useAuth();
  useEffect(() => {
    document.title = `${title} · Enerwise`;
  }, [title]);
  if (auth.error && !auth.data) return <Door title={title}><Trouble error={auth.error} onRetry={() => void auth.refetch()} /></Door>;
  if (!auth.data) return <Door title={title}><Shape height={280} /></Door>;
  if (!auth.data.signed_in) return <ToSignIn />;
  return <>{children(auth.data)}</>;
}
