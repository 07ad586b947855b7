// Every test has a server of its own and fails when the browser complains: about an error or about the policy.
import { test as base, expect } from "@playwright/test";
import { Console } from "./console-pages.ts";
import { startMock } from "./mock-server.ts";

type Mock = Awaited<ReturnType<typeof startMock>>;

export const test = base.extend<{ hostile: boolean; mock: Mock; app: Console; complaints: string[] }>({
  hostile: [false, { option: true }],
  mock: async ({ hostile }, use) => {
    const mock = await startMock({ hostile });
    await use(mock);
    await mock.stop();
  },
  complaints: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      // The browser writes a line of its own for every answer that is not 2xx; the pages show those.
      const expected = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !expected) complaints.push(message.text());
    });
    await use(complaints);
    expect(complaints).toEqual([]);
  },
  app: async ({ page, mock, complaints: _ }, use) => {
    await use(new Console(page, mock.url));
  },
});

export { expect };
