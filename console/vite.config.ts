// Builds what the server serves below /console/. `npm run dev` answers from the tests' mock server, or, with
// SYNCWELL_URL=http://127.0.0.1:8460, from a real one.
import { defineConfig } from "vite";
import type { Plugin } from "vite";
import { createMock } from "./tests/mock-server.ts";

function mock(): Plugin {
  return {
    name: "mock",
    apply: "serve",
    configureServer(server) {
      const answer = createMock().answer;
      server.middlewares.use((request, response, next) =>
        /^\/(v1|admin|mock)\//.test(request.url ?? "") ? void answer(request, response) : next(),
      );
    },
  };
}

const server = process.env.SYNCWELL_URL;

export default defineConfig({
  base: "/console/",
  plugins: server ? [] : [mock()],
  server: server ? { proxy: { "/v1": server, "/admin": server } } : {},
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // light-dark()
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // the content-security policy knows no data: scripts or styles
  },
});
