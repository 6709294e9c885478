/**
 * One `vite build`, three outputs under dist/ (or the folder $TANDEM_WIDGET_DIST), all with relative addresses:
 *   tandem.js        classic script (an IIFE): sites embed it without type=module; at most 30 kB gzipped (chat.peer.test.ts)
 *   tandem-call.js   ES module, fetched at the first call only: sip.js
 *   tandem-more.js   ES module, fetched when first needed: promised calls, the position
 *   tandem-tv.js     ES module, fetched on televisions only: a remote control's keys
 *   callback.html    the page of a promised call's link (/callback/<token>), and its script tandem-callback.js
 *   shop/            the demonstration shop, pages of HTML
 */
import { copyFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { defineConfig } from "vite";
import type { BuildEnvironmentOptions } from "vite";

const here = import.meta.dirname;
const dist = process.env["TANDEM_WIDGET_DIST"] ?? join(here, "dist");
const geist = createRequire(import.meta.url).resolve("@fontsource-variable/geist/files/geist-latin-wght-normal.woff2");

function script(entry: string, format: "iife" | "es", fileName: string): BuildEnvironmentOptions {
  return {
    outDir: dist,
    emptyOutDir: false,
    copyPublicDir: false,
    lib: { entry: join(here, entry), formats: [format], name: "TandemWidget", fileName: () => fileName },
    minify: true,
  };
}

export default defineConfig({
  root: join(here, "shop"),
  base: "./",
  publicDir: false,
  define: { "process.env.NODE_ENV": '"production"' },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: { target: ["chrome123", "firefox120", "safari17.5"], reportCompressedSize: false },
  environments: {
    client: {
      build: {
        outDir: join(dist, "shop"),
        emptyOutDir: true,
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        rollupOptions: { input: ["index", "alba", "orphee", "lune"].map((page) => join(here, "shop", `${page}.html`)) },
      },
    },
    widget: { consumer: "client", build: script("src/tandem.ts", "iife", "tandem.js") },
    call: { consumer: "client", build: script("src/call-sip.ts", "es", "tandem-call.js") },
    more: { consumer: "client", build: script("src/more-chunk.tsx", "es", "tandem-more.js") },
    tv: { consumer: "client", build: script("src/remote-control.ts", "es", "tandem-tv.js") },
    callback: { consumer: "client", build: script("callback/page.tsx", "es", "tandem-callback.js") },
  },
  builder: {
    async buildApp(builder) {
      for (const name of ["client", "widget", "call", "more", "tv", "callback"]) await builder.build(builder.environments[name]!);
      mkdirSync(dist, { recursive: true });
      copyFileSync(join(here, "callback/index.html"), join(dist, "callback.html"));
      copyFileSync(geist, join(dist, "geist.woff2"));
    },
  },
});
