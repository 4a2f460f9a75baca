import "./styles.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Refused } from "./api/client";
import { followSystem, isStill, keepStill } from "./hooks/theme";
import { router } from "./router";
import { Words } from "./words";

followSystem();
keepStill(isStill());
const known = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) => count < 2 && !(error instanceof Refused && error.problem.status >= 400 && error.problem.status < 500),
      refetchOnWindowFocus: false,
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <Words>
      <QueryClientProvider client={known}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </Words>
  </StrictMode>,
);
if ("serviceWorker" in navigator && import.meta.env.PROD) void navigator.serviceWorker.register("/worker.js", { scope: "/" });
