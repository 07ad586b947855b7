// How one gets in and out (API, SUP-2).
import { expect, test } from "./setup.ts";

test("a sign-in link signs in and leaves neither address bar nor history with the token (API)", async ({
  app,
  page,
}) => {
  await page.goto(`${app.server}/console/#token=person`);
  await expect(app.heading("Syncs")).toBeVisible();
  expect(page.url()).not.toContain("person");
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain("person");
  await page.reload();
  await expect(app.heading("Syncs")).toBeVisible();
});

test("a pasted token signs in, and the server tells which kind it is (API, SUP-2)", async ({ app, page }) => {
  await page.goto(`${app.server}/console/`);
  await app.field("Token").fill("  support\n");
  await page.keyboard.press("Enter");
  await expect(app.heading("Overview")).toBeVisible();
  await expect(page.getByText("grace, support")).toBeVisible();
});

test("a wrong token is refused in words (API)", async ({ app, page }) => {
  await page.goto(`${app.server}/console/#token=stolen`);
  await expect(page.getByText("This token is not valid")).toBeVisible();
});

test("what cannot stand in a header is not sent as a token (API)", async ({ app, page }) => {
  await page.goto(`${app.server}/console/`);
  await app.field("Token").fill("two words\u0001");
  await app.button("Sign in").click();
  await expect(page.getByText("A token is one word")).toBeVisible();
});

test("signing out forgets the token (API)", async ({ app, page }) => {
  await app.signIn("admin");
  await app.button("Sign out").click();
  await expect(app.heading("Sign in")).toBeVisible();
  await page.reload();
  await expect(app.heading("Sign in")).toBeVisible();
});

test("a token that ends while the console is open leads back to signing in (API)", async ({ app, mock }) => {
  await app.signIn("viewer");
  mock.failing.set("/admin/incidents", { status: 401, body: { type: "urn:syncwell:problem:unauthenticated" } });
  await app.page.evaluate(() => (location.hash = "#/incidents"));
  await expect(app.heading("Sign in")).toBeVisible();
  await expect(app.page.getByText("You were signed out")).toBeVisible();
});

test("a server that does not answer is told, and asked again by a button (API)", async ({ app, page, mock }) => {
  await app.signIn("viewer");
  mock.failing.set("/admin/incidents", {
    status: 503,
    body: { type: "urn:syncwell:problem:storage_failed", detail: "The store does not answer." },
  });
  await app.open("#/incidents");
  await expect(page.getByRole("alert")).toContainText("The store does not answer.");
  mock.failing.clear();
  await app.button("Try again").click();
  await expect(app.link(/Strava: Provider failed/)).toBeVisible();
});

test("the theme follows the system, and the choice outlives a reload (API)", async ({ app, page }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await app.signIn("person");
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await ground();
  await app.button(/^Theme/).click();
  await expect.poll(ground).not.toBe(dark);
  await page.reload();
  await app.settled();
  expect(await ground()).not.toBe(dark);
});
