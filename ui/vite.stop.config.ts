import { defineConfig } from "vite";

/** The emergency stop: one script and one style of its own, without the framework and without a hash in the name. */
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../src/enerwise/serve/page",
    emptyOutDir: false,
    target: "es2022",
    lib: { entry: "stop/stop.ts", formats: ["iife"], name: "enerwiseStop", fileName: () => "stop.js", cssFileName: "stop" },
  },
});
