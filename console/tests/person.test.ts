// What a person does: accounts, syncs, preview, progress, history, trouble, settings.
import { expect, test } from "./setup.ts";

test("every sync shows its state, its last result and its next time (API)", async ({ app, page }) => {
  await app.signIn("person");
  const weight = page.getByRole("listitem").filter({ hasText: "Weight" });
  await expect(weight).toContainText("In step");
  await expect(weight).toContainText("4 added or changed, 2 kept as they were");
  await expect(weight).toContainText("in 19 minutes");
  await expect(weight.locator("time").first()).toHaveAttribute("title", /202\d/);
  await expect(page.getByRole("listitem").filter({ hasText: "Sleep" })).toContainText("Paused");
  await expect(page.getByRole("listitem").filter({ hasText: "Workouts" })).toContainText("Needs you to reconnect");
});

test("connecting an account goes to the provider and comes back connected (API, INT-2)", async ({
  app,
  page,
  mock,
}) => {
  await app.signIn("person", "#/accounts");
  await app.button("Connect Google Health").click();
  await expect(app.said("Google Health is connected")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Google Health (2)" })).toBeVisible();
  expect(page.url()).not.toContain("code=");
  expect(await page.evaluate(() => sessionStorage.getItem("syncwell.authorization"))).toBeNull();
  expect(mock.person.sent.filter((each) => each.path === "v1/connections")).toHaveLength(1);
});

test("a redirect that nobody here began connects nothing (API)", async ({ app, page, mock }) => {
  await app.signIn("person");
  await page.goto(`${app.server}/console/?code=stolen&state=somebody-elses`);
  await expect(page.getByRole("alert")).toContainText("does not belong to a connection that was begun here");
  expect(mock.person.sent).toEqual([]);
});

test("a refusal at the provider is told without blame (API)", async ({ app, page, mock }) => {
  await app.signIn("person", "#/accounts");
  await page.route("**/mock/authorize*", async (route) => {
    const state = new URL(route.request().url()).searchParams.get("state");
    await route.fulfill({
      status: 302,
      headers: { Location: `${app.server}/console/?error=access_denied&state=${state}` },
    });
  });
  await app.button("Connect Strava").click();
  await expect(page.getByRole("alert")).toContainText("You did not agree at the provider");
  expect(mock.person.sent).toEqual([]);
});

test("disconnecting asks first (API)", async ({ app, page }) => {
  await app.signIn("person", "#/accounts");
  await app.button("Disconnect Apple Health export").click();
  await expect(page.getByRole("dialog")).toContainText("every sync with this account ends");
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await expect(app.said("Apple Health export is disconnected")).toBeVisible();
  await expect(app.button("Disconnect Apple Health export")).toHaveCount(0);
});

test("a new sync is shown before it writes anything, and starts on demand (API, DEC-11)", async ({
  app,
  page,
  mock,
}) => {
  await app.signIn("person", "#/syncs/new");
  await app.field("From").selectOption({ label: "Apple Health export" });
  await app.field("To").selectOption({ label: "Google Health" });
  await app.field("What travels").selectOption({ label: "Weight" });
  await app.field(/Google Health wins/).check();
  await app.button("Show a preview").click();
  await expect(
    page.getByText("34 records looked at: 3 added or changed, 1 removed, 4 kept as they were."),
  ).toBeVisible();
  await expect(page.getByText("Kept what Google Health has, because you chose that Google Health wins")).toBeVisible();
  const made = mock.person.sent.find((each) => each.path === "v1/sync-configs");
  expect(made?.body).toMatchObject({ dataType: "weight", conflictResolutionStrategy: "dest_wins", paused: true });
  expect(mock.person.sent.some((each) => each.path === "v1/sync-jobs")).toBe(false);
  await app.button("Start this sync").click();
  await expect(app.heading("Weight: Apple Health export to Google Health")).toBeVisible();
  expect(mock.person.sent.filter((each) => each.path === "v1/sync-jobs")).toHaveLength(1);
  expect(mock.person.sent.find((each) => each.method === "PUT")?.body).toMatchObject({ paused: false });
});

test("a preview that is not wanted leaves nothing behind (API)", async ({ app, mock }) => {
  await app.signIn("person", "#/syncs/new?draft=sync_sleep");
  await app.button("Do not, go back").click();
  await expect(app.heading("New sync")).toBeVisible();
  expect(mock.person.sent.map((each) => `${each.method} ${each.path}`)).toContain("DELETE v1/sync-configs/sync_sleep");
});

test("terms that make copying doubtful have to be accepted (API, PROV-7)", async ({ app }) => {
  await app.signIn("person", "#/syncs/new");
  await app.field("From").selectOption({ label: "Strava" });
  await expect(app.button("Show a preview")).toHaveAttribute("aria-disabled", "true");
  await app.field(/terms of Strava/).check();
  await expect(app.button("Show a preview")).not.toHaveAttribute("aria-disabled", "true");
});

test("sync now shows each step as it happens, and says how it ended (SUP-6)", async ({ app, page, mock }) => {
  mock.person.hold = true;
  await app.signIn("person", "#/syncs/sync_weight");
  await app.button("Sync now").click();
  const progress = page.locator(".progress");
  await expect(progress.getByRole("status")).toContainText("Syncing");
  await expect(progress.getByRole("status")).toContainText("7 read; 1 added or changed");
  await expect(app.button("Sync now")).toHaveAttribute("aria-disabled", "true");
  mock.person.finish();
  await expect(progress.getByRole("status")).toContainText("3 added or changed, 2 kept as they were");
  await expect(app.said(/^Done: 3 added/)).toBeVisible();
  await expect(app.button("Sync now")).not.toHaveAttribute("aria-disabled", "true");
});

test("progress goes on where there is no event stream (SUP-6)", async ({ app, page, mock }) => {
  await page.route("**/events", (route) => route.fulfill({ status: 404, body: "{}" }));
  await app.signIn("person", "#/syncs/sync_weight");
  await app.button("Sync now").click();
  await expect(app.said(/^Done: 3 added/)).toBeVisible();
  expect(mock.person.sent.filter((each) => each.path === "v1/sync-jobs")).toHaveLength(1);
});

test("the history says of each record what was decided and why (DEC-11)", async ({ app, page }) => {
  await app.signIn("person", "#/syncs/sync_weight");
  await page.getByRole("row").nth(1).getByRole("link").click();
  for (const sentence of [
    "Added to Google Health, because nothing in Google Health was in its way",
    "Kept what Google Health has, because what Google Health has was changed later",
    "Removed from Google Health, because it was deleted in Apple Health export",
    "Nothing to do, because it came from Google Health in the first place",
  ]) {
    await expect(page.getByRole("cell", { name: sentence })).toBeVisible();
  }
});

test("trouble at the provider: plain words and a retry that runs (API)", async ({ app, page, mock }) => {
  await app.signIn("person", "#/syncs/sync_steps");
  await expect(page.getByRole("heading", { name: "The other side is having trouble" })).toBeVisible();
  await app.button("Try again").click();
  await expect(app.said(/^Done/)).toBeVisible();
  expect(mock.person.sent.filter((each) => each.path === "v1/sync-jobs")).toHaveLength(1);
});

test("refused consent: reconnecting is one button away and mends the connection (API)", async ({ app, page, mock }) => {
  await app.signIn("person", "#/syncs/sync_workouts");
  await expect(page.getByRole("heading", { name: "Strava no longer lets us in" })).toBeVisible();
  await app.button("Reconnect Strava").click();
  await expect(app.said("Strava is connected")).toBeVisible();
  expect(mock.person.sent.map((each) => each.path)).toContain("v1/connections/conn_strava/reauth");
  await expect(page.getByText("Needs you to reconnect")).toHaveCount(0);
});

test("what a person cannot mend: a reference for support, without a health value (API)", async ({ app, page }) => {
  await app.signIn("person", "#/syncs/sync_sleep");
  await app.button("Ask for help").click();
  await expect(page.getByRole("dialog")).toContainText("Reference: 7c1e7b20f4a6d11");
});

test("a sync can be paused and goes on; what is not changed stays (API)", async ({ app, mock }) => {
  await app.signIn("person", "#/syncs/sync_weight");
  await app.button("Pause").click();
  await expect(app.said("This sync is paused")).toBeVisible();
  await app.button("Go on").click();
  await expect(app.said("This sync goes on")).toBeVisible();
  const [first] = mock.person.sent;
  expect(first?.body).toMatchObject({ paused: true, conflictResolutionStrategy: "newest_wins", dataType: "weight" });
});

test("everything can be paused at once, and the other settings stay (API)", async ({ app, page, mock }) => {
  await app.signIn("person", "#/settings");
  await app.button("Pause everything").click();
  await expect(page.getByRole("heading", { name: "Everything is paused" })).toBeVisible();
  expect(mock.person.sent[0]?.body).toEqual({
    paused: true,
    timeZone: "Europe/Berlin",
    locale: "en-GB",
    contactOptOut: false,
  });
});

test("the contact address is set, shown masked, and removed (SUP-4)", async ({ app, page, mock }) => {
  await app.signIn("person", "#/settings");
  await expect(page.getByText("j***@example.org")).toBeVisible();
  await app.field("Another mail address").fill("not an address");
  await app.button("Save").click();
  await expect(app.said("contactEmail: must be a mail address")).toBeVisible();
  await app.field("Another mail address").fill("kim@example.org");
  await app.button("Save").click();
  await expect(page.getByText("k***@example.org")).toBeVisible();
  await app.button("Remove the address").click();
  await expect(app.field("Mail address")).toBeVisible();
  expect(mock.person.sent.at(-1)?.body).toMatchObject({ contactEmail: "" });
});

test("deleting the account needs a typed word and signs out (API)", async ({ app, page, mock }) => {
  await app.signIn("person", "#/settings");
  await app.button("Delete my account").click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Delete for good" })).toHaveAttribute("aria-disabled", "true");
  await dialog.getByLabel(/Type this word/).fill("delete");
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await expect(app.heading("Sign in")).toBeVisible();
  expect(mock.person.erased).toBe(true);
});

test("an export can be made and fetched (API)", async ({ app }) => {
  await app.signIn("person", "#/settings");
  await app.button("Export everything").click();
  await expect(app.link("Download the export")).toHaveAttribute("href", /\/v1\/exports\//);
});
