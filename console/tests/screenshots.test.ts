// The pages in both themes and at phone width; none may be wider than its window. CONSOLE_SCREENSHOTS=docs takes the
// pictures of docs/images anew, CONSOLE_SCREENSHOTS=FOLDER takes all of them.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pages, show } from "./page-list.ts";
import { expect, test } from "./setup.ts";

const target = process.env.CONSOLE_SCREENSHOTS ?? "";
const documents = join(import.meta.dirname, "../../docs/images");
const phone = { width: 390, height: 844 };

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
    for (const each of pages) {
      test(`${each.name} fits its window (SUP-2, API)`, async ({ app, page }) => {
        await show(app, each);
        await picture(page, each.name + look.suffix);
      });
    }
  });
}

async function picture(page: import("@playwright/test").Page, name: string): Promise<void> {
  const tooWide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(tooWide).toBe(0);
  const path = join(target === "docs" ? documents : resolve(target), `console-${name}.png`);
  if (!target || (target === "docs" && !existsSync(path))) return;
  const { width = 0, height = 0 } = page.viewportSize() ?? {};
  const tall = await page.evaluate(() => document.documentElement.scrollHeight);
  const clip = { x: 0, y: 0, width, height: Math.min(tall, height * 2) };
  await page.screenshot({ path, fullPage: true, clip, animations: "disabled" });
}
