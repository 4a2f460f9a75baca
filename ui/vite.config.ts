import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { VitePWA } from "vite-plugin-pwa";

import { catalogues } from "./catalogues.ts";
import { stopScript } from "./stopScript.ts";

/** Where a running server is while developing; `npm run mock` plays one. */
const SERVER = process.env.ENERWISE_SERVER ?? "http://localhost:8600";
const forwarded = Object.fromEntries(["/api", "/stop/", "/health", "/oauth/", "/.well-known/"].map((path) => [path, { target: SERVER, ws: true }]));

export default defineConfig({
  plugins: [
    catalogues(),
    stopScript(),
    react(),
    tailwindcss(),
    VitePWA({
      registerType: "autoUpdate",
      injectRegister: false,
      strategies: "injectManifest",
      srcDir: "src",
      filename: "worker.ts",
      injectManifest: { rollupFormat: "iife", globPatterns: ["**/*.{js,css,html,svg,woff2,webmanifest}"], globIgnores: ["**/*-ext-*.woff2", "**/HouseView-*"] },
      manifest: {
        id: "/",
        name: "Enerwise",
        short_name: "Enerwise",
        start_url: "/",
        display: "standalone",
        background_color: "#F5F4F0",
        theme_color: "#F5F4F0",
        icons: [
          { src: "/icon.svg", sizes: "any", type: "image/svg+xml", purpose: "any" },
          { src: "/icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "/icon-512.png", sizes: "512x512", type: "image/png" },
          { src: "/icon-maskable.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
        ],
      },
    }),
  ],
  build: { outDir: "../src/enerwise/serve/page", emptyOutDir: true, target: "es2022", sourcemap: false, manifest: true, modulePreload: { polyfill: false } },
  server: { port: 5173, proxy: forwarded },
  test: { include: ["src/**/*.test.{ts,tsx}", "stop/**/*.test.ts"], environment: "node" },
});
