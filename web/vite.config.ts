import { defineConfig } from "vitest/config";

/** The server that `npm run dev` passes API calls on to: what `labelwright up` starts by default. */
const SERVER = "http://127.0.0.1:8080";

export default defineConfig({
  // Files are found beside each other; the server says in each page where that is.
  base: "./",
  build: {
    outDir: "../src/labelwright/static",
    emptyOutDir: true,
    // Nothing as data: addresses, so that a strict content security policy fits.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "baseline-widely-available",
    // Icons are a few hundred bytes each: one file of them all, not a request apiece.
    rolldownOptions: {
      // The app, and the frame of the pages the server writes itself.
      input: ["index.html", "manual.html"],
      output: { codeSplitting: { groups: [{ name: "icons", test: /node_modules\/lucide\// }] } },
    },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": SERVER, "/annotations": SERVER, "/documentation": SERVER },
  },
  test: { include: ["test/**/*.test.ts"] },
});
