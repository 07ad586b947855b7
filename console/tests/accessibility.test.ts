// Every page for every role: no serious finding of axe (WCAG 2.1 A and AA), in both themes and at phone width.
import axe from "axe-core";
import type { Page } from "@playwright/test";
import { pages, show } from "./page-list.ts";
import { expect, test } from "./setup.ts";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
const serious = ["serious", "critical"];

async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source); // by the debugger: the policy keeps every other way out
  const result = await page.evaluate(
    async (values) =>
      (
        await (window as unknown as { axe: typeof axe }).axe.run({
          resultTypes: ["violations"],
          runOnly: { type: "tag", values },
        })
      ).violations.map(({ id, impact, nodes }) => ({
        id,
        impact: impact ?? "",
        where: nodes.map((node) => node.html.slice(0, 160)),
      })),
    tags,
  );
  return result.filter(({ impact }) => serious.includes(impact)).map(({ id, where }) => `${id}: ${where.join(" | ")}`);
}

const looks = [
  { name: "light", colorScheme: "light" as const, viewport: { width: 1280, height: 860 } },
  { name: "dark", colorScheme: "dark" as const, viewport: { width: 1280, height: 860 } },
  { name: "light at 390 px", colorScheme: "light" as const, viewport: { width: 390, height: 844 } },
];

for (const { name, ...look } of looks) {
  test.describe(name, () => {
    test.use(look);
    for (const each of pages) {
      test(`axe finds nothing serious on ${each.name} (API)`, async ({ app, page }) => {
        await show(app, each);
        expect(await findings(page)).toEqual([]);
      });
    }

    test("axe finds nothing serious on the sign-in page (API)", async ({ app, page }) => {
      await page.goto(`${app.server}/console/#token=wrong`);
      await expect(page.getByText("This token is not valid")).toBeVisible();
      expect(await findings(page)).toEqual([]);
    });

    test("axe finds nothing serious in a dialog and a running sync (API, SUP-6)", async ({ app, page, mock }) => {
      mock.person.hold = true;
      await app.signIn("person", "#/syncs/sync_weight");
      await app.button("Sync now").click();
      await expect(page.locator(".progress")).toContainText("7 read");
      expect(await findings(page)).toEqual([]);
      await app.button("End this sync").click();
      expect(await findings(page)).toEqual([]);
    });
  });
}

test("each page has one first heading, a title of its own, and tells where one is (API)", async ({ app, page }) => {
  const titles = new Set<string>();
  const seen = pages.filter((each) => each.token === "support");
  for (const each of seen) {
    await show(app, each);
    await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
    await expect(page.locator("nav [aria-current=page]")).toHaveCount(1);
    titles.add(await page.title());
  }
  expect(titles.size).toBeGreaterThanOrEqual(seen.length - 1); // an incident is called like its dead letters
});

test("at phone width a table's cells name their column, and it stays a table for readers (API)", async ({
  app,
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await app.signIn("viewer", "#/dlq");
  const cell = page.getByRole("row").nth(1).getByRole("cell").first();
  await expect(cell).toHaveAttribute("data-label", "State");
  expect(await cell.evaluate((element) => getComputedStyle(element, "::before").content)).toBe('"State"');
  await expect(page.getByRole("table", { name: /Dead letters/ })).toBeVisible();
});

test("who wants less motion gets none (API)", async ({ app, page, mock }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  mock.person.hold = true;
  await app.signIn("person", "#/syncs/sync_weight");
  await app.button("Sync now").click();
  const step = page.locator(".steps .current");
  await expect(step).toHaveCount(1);
  expect(await step.evaluate((element) => getComputedStyle(element).animationName)).toBe("none");
});
