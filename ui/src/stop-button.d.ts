/** What the stop's own script and the app know of each other. */
interface EnerwiseStopFacts {
  readonly site: string;
  readonly name: string;
  readonly mainSwitch: string;
  readonly language: string;
  readonly isStopped: boolean;
  readonly devices: readonly { readonly id: string; readonly name: string }[];
}

interface Window {
  enerwiseStopButton?: { mount(slot: HTMLElement): void; about(told: EnerwiseStopFacts): void };
}
