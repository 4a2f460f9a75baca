/** Whether the catalogues have a text: what the server names may be new to them. */
import { i18n } from "@lingui/core";

export function has(key: string): boolean {
  return key in i18n.messages;
}
