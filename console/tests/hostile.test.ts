// Names, messages and provider answers that want to do harm: shown as text, run nowhere, lead nowhere.
import type { Page } from "@playwright/test";
import { hostileTexts } from "./mock/hostile.ts";
import { pages, show } from "./page-list.ts";
import { expect, test } from "./setup.ts";

test.use({ hostile: true });

async function harm(page: Page): Promise<unknown> {
  return page.evaluate(() => {
    const attributes = [...document.querySelectorAll("*")].flatMap((element) =>
      ["aria-label", "title", "href", "src"].map((name) => element.getAttribute(name) ?? ""),
    );
    const shown = [document.body.innerText, document.title, ...attributes];
    return {
      ran: (window as unknown as { hacked?: string }).hacked ?? null,
      cookies: document.cookie,
      scripts: [...document.scripts].filter((each) => !each.src.startsWith(location.origin)).length,
      handlers: document.querySelectorAll("[onerror],[onmouseover],[onclick],[onload]").length,
      addresses: attributes.filter((each) => /^\s*(javascript|data|vbscript):/i.test(each)).length,
      // eslint-disable-next-line no-control-regex
      escapes: shown.filter((each) => /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u200b]/.test(each)).length,
    };
  });
}

const harmless = { ran: null, cookies: "", scripts: 0, handlers: 0, addresses: 0, escapes: 0 };

for (const each of pages) {
  test(`hostile text on ${each.name} is inert (API, SUP-2)`, async ({ app, page }) => {
    const strangers: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(app.server)) strangers.push(request.url());
    });
    page.on("dialog", (dialog) => strangers.push(dialog.message()));
    await show(app, each);
    for (const summary of await page.locator("summary").all()) await summary.click();
    await page.mouse.move(400, 400);
    expect(await harm(page)).toEqual(harmless);
    const tooWide = await page.evaluate(() =>
      document.documentElement.scrollWidth > innerWidth
        ? [...document.querySelectorAll("main *")]
            .filter((each) => each.getBoundingClientRect().right > innerWidth)
            .map((each) => each.outerHTML.slice(0, 160))
        : [],
    );
    expect(tooWide).toEqual([]);
    expect(strangers).toEqual([]);
  });
}

test("a script in a provider's answer is read, not run (API, SUP-2)", async ({ app, page }) => {
  await app.signIn("support", "#/dlq");
  await expect(page.getByText(hostileTexts[0] ?? "").first()).toBeVisible();
});

test("terminal escapes and smuggled line breaks are made visible (API, SUP-2)", async ({ app, page }) => {
  await app.signIn("support", "#/dlq");
  await expect(page.getByText("␛[31mred␛[2J").first()).toBeVisible();
  await expect(page.getByText(/fine␍\s*Set-Cookie: hacked=header/).first()).toBeVisible();
});

test("an authorization page that is no web address is not gone to (API)", async ({ app, page }) => {
  await app.signIn("person", "#/accounts");
  await page
    .getByRole("button", { name: /^Connect/ })
    .first()
    .click();
  await expect(app.said("The provider's page has no web address.")).toBeVisible();
  expect(await harm(page)).toEqual(harmless);
});

test("a message, a verdict, a new token and an export from a hostile answer are inert (API, SUP-4, SUP-5)", async ({
  app,
  page,
}) => {
  await app.signIn("admin", "#/audit");
  await app.button("Verify the chain").click();
  await expect(page.getByText(/^The chain/)).toBeVisible();
  expect(await harm(page)).toEqual(harmless);
  await app.open("#/staff");
  await app.field("Name").fill(hostileTexts[1] ?? "");
  await app.button("Add").click();
  await expect(page.getByText("shown this once")).toBeVisible();
  expect(await harm(page)).toEqual(harmless);
  await app.openDeadLetter("99982", `${hostileTexts[0]}`);
  await app.button("Show the message").click();
  await expect(page.locator(".letter")).toBeVisible();
  expect(await harm(page)).toEqual(harmless);
  await app.signIn("person", "#/settings");
  await app.button("Export everything").click();
  await expect(page.getByText("the link ends")).toBeVisible();
  expect(await harm(page)).toEqual(harmless);
});

test("a hostile fragment chooses no page and breaks none (API)", async ({ app, page }) => {
  await app.signIn("viewer");
  for (const path of [
    "#/%E0%A4%A",
    "#/<script>alert(1)</script>",
    "#/dlq/..%2f..%2fmetrics",
    "#/dlq?state=%00&x=<b>",
  ]) {
    await page.evaluate((hash) => (location.hash = hash), path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(await harm(page)).toEqual(harmless);
  }
});
