/** Messages to this device: the browser's subscription, told to the server. */
import { write } from "../../api/client";

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

export async function subscribe(publicKey: string): Promise<void> {
  const worker = await navigator.serviceWorker.ready;
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(publicKey) });
  await write("POST", "/push/subscribe", made.toJSON());
}

export async function unsubscribe(): Promise<void> {
  const worker = await navigator.serviceWorker.ready;
  const made = await worker.pushManager.getSubscription();
  if (!made) return;
  await write("POST", "/push/unsubscribe", { endpoint: made.endpoint });
  await made.unsubscribe();
}
