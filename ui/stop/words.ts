function listed(names: readonly string[], language: string): string {
  return new Intl.ListFormat(language).format(names);
}

/** The words of the stop, inside its script: it must speak when nothing else has loaded. */
const EN = {
  button: "Emergency stop",
  hold: "hold for 1 second",
  holding: "Keep holding",
  left: (s: string) => `${s} s left`,
  running: "Stopping",
  seeSteps: "show the steps",
  stopped: "Stopped",
  seeSafety: "see Safety",
  title: (name: string) => `Stop everything${name ? ` at ${name}` : ""}?`,
  about: (devices: readonly string[]) => `${devices.length > 1 ? `${listed(devices, "en")} go to their` : `${devices[0] ?? "Every device"} goes to its`} safe state. Lights and sockets stay on.`,
  notMains: (place: string) => `This is not a certified safety device and does not cut the mains${place ? `: the main switch is here: ${place}` : ". Know where your main switch is"}.`,
  now: "Stop now",
  back: "Back",
  close: "Close",
  sending: "Sending the stop",
  received: (done: number, all: number) => `Received by Enerwise. ${done} of ${all} devices confirm`,
  allStopped: (all: number) => (all === 0 ? "Stopped. There is nothing to be moved" : `Stopped, ${all} of ${all}`),
  missing: (names: string) => `Stopped, but no answer from: ${names}`,
  byHand: (place: string) => (place ? `Switch it off by hand: ${place}. Enerwise keeps trying.` : "Switch it off by hand at the machine. Enerwise keeps trying."),
  did: (name: string) => `I have switched ${name} off`,
  offByHand: "switched off by hand",
  noContact: "Not sent yet: no contact",
  trying: (count: number) => `Trying every second, attempt ${count}. Every known way is tried.`,
  useMain: (place: string) => `Use the main switch now if there is danger${place ? `: ${place}` : "."}`,
  refused: "This browser may not stop this site: sign in once, or use the main switch.",
  after: (ms: number) => `after ${(ms / 1000).toFixed(1)} s`,
  asked: "asked, no answer yet",
  restart: "To start again, look at the Safety page.",
  keys: "Press and hold, or press once and confirm. Stops every command that Enerwise sends.",
};
const DE: typeof EN = {
  button: "Not-Stopp",
  hold: "1 Sekunde halten",
  holding: "Weiter halten",
  left: (s) => `noch ${s.replace(".", ",")} s`,
  running: "Wird gestoppt",
  seeSteps: "Schritte zeigen",
  stopped: "Gestoppt",
  seeSafety: "siehe Sicherheit",
  title: (name) => `Alles${name ? ` bei ${name}` : ""} stoppen?`,
  about: (devices) => `${devices.length > 1 ? `${listed(devices, "de")} gehen` : `${devices[0] ?? "Jedes Gerät"} geht`} in den sicheren Zustand. Licht und Steckdosen bleiben an.`,
  notMains: (place) => `Das ist keine zertifizierte Sicherheitseinrichtung und trennt nicht vom Netz${place ? `. Der Hauptschalter ist hier: ${place}` : ". Sie sollten wissen, wo Ihr Hauptschalter ist"}.`,
  now: "Jetzt stoppen",
  back: "Zurück",
  close: "Schließen",
  sending: "Der Stopp wird gesendet",
  received: (done, all) => `Von Enerwise empfangen. ${done} von ${all} Geräten haben bestätigt`,
  allStopped: (all) => (all === 0 ? "Gestoppt. Es gibt nichts, was bewegt wird" : `Gestoppt, ${all} von ${all}`),
  missing: (names) => `Gestoppt, aber ohne Antwort von: ${names}`,
  byHand: (place) => (place ? `Von Hand abschalten: ${place}. Enerwise versucht es weiter.` : "Von Hand am Gerät abschalten. Enerwise versucht es weiter."),
  did: (name) => `${name} ist abgeschaltet`,
  offByHand: "von Hand abgeschaltet",
  noContact: "Noch nicht gesendet: kein Kontakt",
  trying: (count) => `Jede Sekunde ein Versuch, jetzt der ${count}. Jeder bekannte Weg wird versucht.`,
  useMain: (place) => `Bei Gefahr jetzt den Hauptschalter benutzen${place ? `: ${place}` : "."}`,
  refused: "Dieser Browser darf hier nicht stoppen: einmal anmelden, oder den Hauptschalter benutzen.",
  after: (ms) => `nach ${(ms / 1000).toFixed(1).replace(".", ",")} s`,
  asked: "gefragt, noch keine Antwort",
  restart: "Zum Wiederstart die Seite Sicherheit öffnen.",
  keys: "Drücken und halten, oder einmal drücken und bestätigen. Stoppt jeden Befehl, den Enerwise sendet.",
};

export type Words = typeof EN;

export function wordsOf(language: string): Words {
  return language.startsWith("de") ? DE : EN;
}
