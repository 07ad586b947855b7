// Pictures of the pages for docs/images, in both themes and at phone width; none may be wider than its window.
import { join } from "node:path";
import { expect, test } from "./setup.ts";

const folder = join(import.meta.dirname, "../../docs/images");
const phone = { width: 390, height: 844 };

interface Picture {
  name: string;
  token: string;
  path: string;
  opened?: boolean; // a dead letter, past its purpose prompt
}

const pictures: Picture[] = [
  { name: "syncs", token: "person", path: "#/syncs" },
  { name: "sync", token: "person", path: "#/syncs/sync_steps" },
  { name: "decisions", token: "person", path: "#/jobs/job_9" },
  { name: "preview", token: "person", path: "#/syncs/new?draft=sync_sleep" },
  { name: "new-sync", token: "person", path: "#/syncs/new" },
  { name: "accounts", token: "person", path: "#/accounts" },
  { name: "settings", token: "person", path: "#/settings" },
  { name: "overview", token: "support", path: "#/overview" },
  { name: "dead-letters", token: "support", path: "#/dlq" },
  { name: "purpose", token: "support", path: "#/dlq/100000" },
  { name: "dead-letter", token: "admin", path: "100000", opened: true },
  { name: "incidents", token: "support", path: "#/incidents" },
  { name: "incident", token: "support", path: "#/incidents/inc_strava_provider_failed" },
  { name: "contacts", token: "support", path: "#/contacts" },
  { name: "notices", token: "support", path: "#/notices" },
  { name: "providers", token: "viewer", path: "#/providers" },
  { name: "operations", token: "viewer", path: "#/operations" },
  { name: "configuration", token: "admin", path: "#/configuration" },
  { name: "audit", token: "admin", path: "#/audit" },
  { name: "staff", token: "admin", path: "#/staff" },
  { name: "find-person", token: "support", path: "#/break-glass" },
];

const looks = [
  { suffix: "", colorScheme: "light" as const, viewport: { width: 1280, height: 860 } },
  { suffix: "-dark", colorScheme: "dark" as const, viewport: { width: 1280, height: 860 } },
  { suffix: "-phone", colorScheme: "light" as const, viewport: phone },
  { suffix: "-phone-dark", colorScheme: "dark" as const, viewport: phone },
];

for (const look of looks) {
  test.describe(`${look.colorScheme} at ${look.viewport.width} px`, () => {
    test.use({ colorScheme: look.colorScheme, viewport: look.viewport });
    test("the sign-in page fits its window (API)", async ({ app, page }) => {
      await page.goto(`${app.server}/console/`);
      await app.settled();
      await picture(page, `sign-in${look.suffix}`);
    });
    for (const { name, token, path, opened } of pictures) {
      test(`${name} fits its window (SUP-2, API)`, async ({ app, page }) => {
        await app.signIn(token, opened ? "#/dlq" : path);
        if (opened) await app.openDeadLetter(path);
        await app.settled();
        await picture(page, name + look.suffix);
      });
    }
  });
}

async function picture(page: import("@playwright/test").Page, name: string): Promise<void> {
  const tooWide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(tooWide).toBe(0);
  if (process.env.CONSOLE_SCREENSHOTS) {
    const { width = 0, height = 0 } = page.viewportSize() ?? {};
    const tall = await page.evaluate(() => document.documentElement.scrollHeight);
    const clip = { x: 0, y: 0, width, height: Math.min(tall, height * 2) };
    await page.screenshot({ path: join(folder, `console-${name}.png`), fullPage: true, clip, animations: "disabled" });
  }
}
