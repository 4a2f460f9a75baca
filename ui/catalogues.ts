/** Turns message catalogues (`src/locales/<part>.<language>.json`, ICU messages) into what Lingui runs. */
import { compileMessage } from "@lingui/message-utils/compileMessage";
import type { Plugin } from "vite";

const CATALOGUE = /\/locales\/[\w-]+\.[a-z]{2}\.json$/;

export function catalogues(): Plugin {
  return {
    name: "enerwise-catalogues",
    enforce: "pre",
    transform(code, id) {
      if (!CATALOGUE.test(id)) return null;
      const messages = JSON.parse(code) as Record<string, string>;
      const compiled = Object.fromEntries(Object.entries(messages).map(([key, text]) => [key, compileMessage(text)]));
      return { code: `export default ${JSON.stringify(compiled)};`, moduleType: "js", map: null };
    },
  };
}
