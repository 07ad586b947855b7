// Without a mouse: everything can be reached, the focus is seen and never lost.
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./setup.ts";

const mostTabs = 80;

async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let i = 0; i < mostTabs; ++i) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("the keyboard does not get there");
}

test("the first Tab leads past the navigation (API)", async ({ app, page }) => {
  await app.signIn("support");
  await page.reload();
  await app.settled();
  await page.keyboard.press("Tab");
  await expect(app.link("Skip to the content")).toBeFocused();
  await expect(app.link("Skip to the content")).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  expect(page.url()).not.toContain("#main");
});

test("what has the focus is seen (API)", async ({ app, page }) => {
  await app.signIn("support", "#/dlq");
  for (let i = 0; i < 20; ++i) {
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineWidth);
    expect(outline).toBe("3px");
  }
});

test("support finds and redrives a dead letter by keyboard alone (SUP-2, SUP-5)", async ({ app, page }) => {
  await page.goto(`${app.server}/console/`);
  await tabTo(page, app.field("Token"));
  await page.keyboard.type("support");
  await page.keyboard.press("Enter");
  await expect(app.heading("Overview")).toBeVisible();
  await tabTo(page, app.link("Dead letters").first());
  await page.keyboard.press("Enter");
  await expect(app.heading("Dead letters")).toBeFocused();
  await app.settled();
  await tabTo(page, app.field("Error code"));
  await page.keyboard.type("mapping");
  await page.keyboard.press("Enter");
  await app.settled();
  await tabTo(page, page.getByRole("row").nth(1).getByRole("link"));
  await page.keyboard.press("Enter");
  await expect(app.heading("Open a dead letter")).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "What happened" })).toBeVisible();
  await tabTo(page, app.button("Redrive"));
  await page.keyboard.press("Enter");
  await expect(app.said(/^Redriven/)).toBeVisible();
});

test("a dialog keeps the focus, closes with Escape, and gives the focus back (API)", async ({ app, page }) => {
  await app.signIn("admin");
  await app.openDeadLetter("99983");
  await tabTo(page, app.button("Purge"));
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  for (let i = 0; i < 8; ++i) {
    await page.keyboard.press("Tab");
    const outside = await page.evaluate(
      () => document.activeElement !== document.body && !document.activeElement?.closest("dialog"),
    );
    expect(outside).toBe(false);
  }
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(app.button("Purge")).toBeFocused();
});

test("a person starts a sync, and ends one, by keyboard alone (API, SUP-6)", async ({ app, page }) => {
  await app.signIn("person");
  await tabTo(page, app.link(/^Weight/));
  await page.keyboard.press("Enter");
  await expect(app.heading(/^Weight/)).toBeVisible();
  await tabTo(page, app.button("Sync now"));
  await page.keyboard.press("Enter");
  await expect(app.said(/^Done/)).toBeVisible();
  await tabTo(page, app.button("End this sync"));
  await page.keyboard.press("Enter");
  await tabTo(page, app.button("End it"));
  await page.keyboard.press("Enter");
  await expect(app.heading("Syncs")).toBeVisible();
});

test("at phone width the menu opens, leads and closes by keyboard (API)", async ({ app, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await app.signIn("viewer");
  await tabTo(page, app.button("Menu"));
  await expect(app.button("Menu")).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("Enter");
  await tabTo(page, app.link("Providers"));
  await page.keyboard.press("Enter");
  await expect(app.heading("Providers")).toBeVisible();
  await expect(app.button("Menu")).toHaveAttribute("aria-expanded", "false");
});
