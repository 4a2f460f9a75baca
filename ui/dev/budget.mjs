/** The first view of the overview may weigh 170 kB of compressed script, the stop 12 kB. Fails above. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const PAGE = new URL("../../src/enerwise/serve/page/", import.meta.url);
const size = (path) => gzipSync(readFileSync(new URL(path, PAGE)), { level: 9 }).length;
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", PAGE)));
const wanted = new Set();

function follow(key) {
  const chunk = manifest[key];
  if (!chunk || wanted.has(chunk.file)) return;
  wanted.add(chunk.file);
  for (const each of chunk.imports ?? []) follow(each);
}

follow("index.html");
follow("src/pages/Overview.tsx");
for (const key of Object.keys(manifest)) if (/\/(shell|overview)\.en\.json$/.test(key)) follow(key);
const total = [...wanted].filter((file) => file.endsWith(".js")).reduce((sum, file) => sum + size(file), 0) + size("stop.js");
const stop = size("stop.js") + size("stop.css");
console.log(`first view ${(total / 1000).toFixed(1)} kB of 170 kB, stop ${(stop / 1000).toFixed(1)} kB of 12 kB`);
if (total > 170_000 || stop > 12_000) process.exit(1);
