/**
 * The emergency stop as files of its own, `stop.js` and `stop.css`: no framework, no hash in the name, nothing shared.
 *
 * The build adds them to the page; while developing they are made when they are asked for.
 */
import { build, type Plugin } from "vite";

const TYPES: Readonly<Record<string, string>> = { "stop.js": "text/javascript", "stop.css": "text/css" };

interface Part {
  readonly fileName: string;
  readonly code?: string;
  readonly source?: string | Uint8Array;
}

async function made(): Promise<Map<string, string>> {
  const built = (await build({
    configFile: false,
    publicDir: false,
    logLevel: "error",
    build: { write: false, target: "es2022", lib: { entry: "stop/stop.ts", formats: ["iife"], name: "enerwiseStop", fileName: () => "stop.js", cssFileName: "stop" } },
  })) as { output: Part[] } | { output: Part[] }[];
  const parts = [built].flat().flatMap((each) => each.output);
  return new Map(parts.map((each) => [each.fileName, String(each.code ?? each.source ?? "")]));
}

export function stopScript(): Plugin {
  return {
    name: "enerwise-stop",
    async generateBundle() {
      for (const [fileName, source] of await made()) this.emitFile({ type: "asset", fileName, source });
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = (request.url ?? "").split("?")[0]?.slice(1) ?? "";
        const type = TYPES[name];
        if (!type) return next();
        response.setHeader("Content-Type", type);
        made().then((files) => response.end(files.get(name)), next);
      });
    },
  };
}
