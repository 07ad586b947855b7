// Against a real server: SYNCWELL_CONSOLE_URL=http://127.0.0.1:8460 and the tokens of a person and of an admin.
// SYNCWELL_CONSOLE_PROVIDER names ("Strava") a provider whose authorization page redirects by itself, as the sandbox's does.
import { expect, test as base } from "@playwright/test";
import { Console } from "./console-pages.ts";
import { contentSecurityPolicy } from "./mock-server.ts";

const server = process.env.SYNCWELL_CONSOLE_URL ?? "";
const personToken = process.env.SYNCWELL_CONSOLE_PERSON_TOKEN ?? "";
const adminToken = process.env.SYNCWELL_CONSOLE_ADMIN_TOKEN ?? "";
const provider = process.env.SYNCWELL_CONSOLE_PROVIDER ?? "";

const test = base.extend<{ app: Console }>({
  app: async ({ page }, use) => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.text().includes("Content Security Policy") && errors.push(message.text()));
    await use(new Console(page, server));
    expect(errors).toEqual([]);
  },
});

test.describe("a real server", () => {
  test.skip(!server, "SYNCWELL_CONSOLE_URL names none");

  test("serves the console under its policy (API)", async ({ app, page }) => {
    const answer = await page.goto(`${server}/console/`);
    expect(answer?.headers()["content-security-policy"]).toBe(contentSecurityPolicy);
    await expect(app.heading("Sign in")).toBeVisible();
  });

  test("shows a person their pages (API)", async ({ app, page }) => {
    test.skip(!personToken, "no token of a person");
    await app.signIn(personToken);
    for (const path of ["#/syncs", "#/accounts", "#/settings", "#/syncs/new"]) {
      await app.open(path);
      await expect(page.getByRole("alert")).toHaveCount(0);
    }
  });

  test("connects an account by a real redirect (API)", async ({ app }) => {
    test.skip(!personToken || !provider, "no person or no provider");
    await app.signIn(personToken, "#/accounts");
    await app.button(`Connect ${provider}`).click();
    await expect(app.said(`${provider} is connected`)).toBeVisible();
  });

  test("shows an admin every page of the desk (SUP-2, OBS)", async ({ app, page }) => {
    test.skip(!adminToken, "no token of an admin");
    await app.signIn(adminToken);
    const names = ["overview", "dlq", "incidents", "contacts", "notices", "providers", "operations"];
    for (const name of [...names, "configuration", "audit", "staff"]) {
      await app.open(`#/${name}`);
      await expect(page.getByRole("alert"), name).toHaveCount(0);
    }
    await app.open("#/audit");
    await app.button("Verify the chain").click();
    await expect(page.getByText(/is intact\.$/)).toBeVisible();
  });
});
