/// <reference lib="webworker" />
/** The service worker: the page opens without a network, the last readings stay readable, messages arrive. */
import { clientsClaim } from "workbox-core";
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { NetworkFirst } from "workbox-strategies";

declare const self: ServiceWorkerGlobalScope;

void self.skipWaiting();
clientsClaim();
cleanupOutdatedCaches();
precacheAndRoute(self.__WB_MANIFEST);
registerRoute(new NavigationRoute(createHandlerBoundToURL("/index.html"), { denylist: [/^\/api\//, /^\/stop/, /^\/health/, /^\/metrics/, /^\/oauth\//, /^\/\.well-known\//] }));
// What was last read of overview and plan stays readable offline; the page says how old it is. Nothing is ever sent later.
const READ_OFFLINE = /\/api\/v1\/(auth\/state|sites|sites\/[^/]+|sites\/[^/]+\/(plan|today|notices|safety)|markets|markets\/[^/]+\/own)$/;
registerRoute(({ url, request }) => request.method === "GET" && READ_OFFLINE.test(url.pathname), new NetworkFirst({ cacheName: "last-read", networkTimeoutSeconds: 5 }));

self.addEventListener("push", (event) => {
  const said = event.data?.json() as { title: string; body: string; url?: string; tag?: string } | undefined;
  if (said) event.waitUntil(self.registration.showNotification(said.title, { body: said.body, tag: said.tag, icon: "/icon-192.png", data: said.url ?? "/" }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data as string));
});
