import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Development talks to a server (or the fixture) on TANDEM_SERVER; the build is served by the server itself, from "/". */
const server = process.env["TANDEM_SERVER"] ?? "http://localhost:3000";

export default defineConfig({
  base: "/",
  plugins: [react(), tailwindcss()],
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: server, ws: true, changeOrigin: false } },
  },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    // The content policy allows no inline data: fonts and images stay files.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        // The SIP user agent is large and not needed to sign in or to read chats: it stays a chunk of its own.
        codeSplitting: { groups: [{ name: "sip", test: /node_modules\/sip\.js/ }, { name: "ui", test: /node_modules\/(react|react-dom|react-aria|react-stately|@react-)/ }] },
      },
    },
  },
});
