// What support and operators do, and what each role is not shown.
import { deadLetterCount } from "./mock/desk.ts";
import { expect, test } from "./setup.ts";

test("the overview shows queue, alarms with channels, contacts due (SUP-2)", async ({ app, page }) => {
  await app.signIn("viewer");
  await expect(page.getByText("Strava: 39,200 dead letters of one outage")).toBeVisible();
  await expect(page.getByText("PagerDuty Not delivered")).toBeVisible();
  await expect(app.link(/Open dead letters 84,615/)).toBeVisible();
  await expect(app.link(/People to be told 3 overdue/)).toBeVisible();
  await app.link("Strava: 39,200 dead letters of one outage").click();
  await expect(app.heading("Strava: Provider failed")).toBeVisible();
});

test("a failed job is found, opened, understood and redriven (SUP-2, SUP-5)", async ({ app, page, mock }) => {
  await app.signIn("support", "#/dlq");
  const began = Date.now();
  await app.field("Person (usr_…)").fill("usr_00009e377a12");
  await app.field("Error code").fill("provider_failed");
  await page.keyboard.press("Enter");
  await app.settled();
  await page.getByRole("row").nth(1).getByRole("link").click();
  await app.button("Open").click();
  await expect(page.getByText("Strava answered 503")).toBeVisible();
  await expect(page.getByText("they go back to the queue by themselves")).toBeVisible();
  await expect(page.getByText("Attempt failed 4 times")).toBeVisible();
  await app.button("Redrive").click();
  await expect(app.said("Redriven: the job is on its way again")).toBeVisible();
  await expect(page.locator(".timeline").getByText("Redriven by grace")).toBeVisible();
  await expect(app.button("Redrive")).toHaveCount(0);
  const views = mock.desk.audit.filter((each) => each.action === "dlq.view").length;
  mock.desk.end(page.url().split("/").at(-1) ?? "", "resolved");
  await expect(app.said("The job has come through")).toBeVisible();
  await expect(page.locator(".badges").getByText("Resolved")).toBeVisible();
  expect(mock.desk.audit.filter((each) => each.action === "dlq.view").length).toBe(views + 1); // waiting is no view
  expect(Date.now() - began).toBeLessThan(120_000);
  expect(mock.desk.audit[0]).toMatchObject({ action: "dlq.view" });
});

test("a dead letter opens only with a purpose, and the last one is proposed (SUP-5)", async ({ app, page, mock }) => {
  await app.signIn("viewer", "#/dlq/99990");
  await app.field("Something else").check();
  await app.button("Open").click();
  await expect(page.getByRole("alert")).toContainText("Say it in 5 to 200 characters");
  await app.field("In your words").fill("Ticket 48213");
  await app.button("Open").click();
  await expect(page.getByRole("heading", { name: "What happened" })).toBeVisible();
  expect(mock.desk.audit[0]).toMatchObject({ action: "dlq.view", target: "99990", purpose: "Ticket 48213" });
  await app.open("#/dlq/99991");
  await expect(app.field("In your words")).toHaveValue("Ticket 48213");
  await page.keyboard.press("Tab");
  await app.field("In your words").press("Enter");
  await expect(page.getByRole("heading", { name: "What happened" })).toBeVisible();
});

test("filters stand in the address, so that back and links work (SUP-2)", async ({ app, page }) => {
  await app.signIn("viewer", "#/dlq");
  await app.field("State").selectOption("resolved");
  await app.settled();
  expect(page.url()).toContain("#/dlq?state=resolved");
  await expect(page.getByRole("row").nth(1)).toContainText("Resolved");
  await app.field("Category").selectOption("bad_data");
  await app.settled();
  await expect(page.getByRole("row").nth(1)).toContainText("Bad data");
  await page.goBack();
  await app.settled();
  await expect(app.field("Category")).toHaveValue("");
  await app.link("Clear").click();
  await expect(app.field("State")).toHaveValue("");
});

test("100,000 dead letters come in pages of the server, forward and back, and stay fast (SUP-2)", async ({
  app,
  page,
}) => {
  await app.signIn("viewer", "#/dlq");
  const first = await page.getByRole("row").nth(1).getByRole("link").getAttribute("href");
  expect(first).toBe(`#/dlq/${deadLetterCount}`);
  const began = Date.now();
  for (let number = 2; number <= 6; ++number) {
    await app.button("Next").click();
    await expect(page.getByText(`Page ${number}`)).toBeVisible();
    await app.settled();
  }
  expect(Date.now() - began).toBeLessThan(10_000);
  await expect(page.getByRole("row").nth(1).getByRole("link")).toHaveAttribute(
    "href",
    `#/dlq/${deadLetterCount - 250}`,
  );
  expect(await page.getByRole("row").count()).toBe(51);
  await app.button("Previous").click();
  await expect(page.getByText("Page 5")).toBeVisible();
});

test("all that fit are redriven at once, after a question that names the filter (SUP-5)", async ({ app, page }) => {
  await app.signIn("support", "#/dlq?provider=strava");
  await app.button("Redrive all that fit").click();
  await expect(page.getByRole("dialog")).toContainText("strava");
  await page.getByRole("dialog").getByRole("button", { name: "Redrive" }).click();
  await expect(app.said("1234 redriven")).toBeVisible();
});

test("a note is kept in the timeline (SUP-5)", async ({ app, page }) => {
  await app.signIn("support");
  await app.openDeadLetter("99989");
  await app.field("Add a note").fill("Asked Strava, ticket 112");
  await app.button("Add the note").click();
  await expect(page.locator(".timeline").getByText("Asked Strava, ticket 112")).toBeVisible();
});

test("purging needs the id, typed (SUP-5)", async ({ app, page }) => {
  await app.signIn("admin");
  await app.openDeadLetter("99988");
  await app.button("Purge").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/Type its id/).fill("99987");
  await expect(dialog.getByRole("button", { name: "Purge for good" })).toHaveAttribute("aria-disabled", "true");
  await dialog.getByLabel(/Type its id/).fill("99988");
  await dialog.getByRole("button", { name: "Purge for good" }).click();
  await expect(app.said("Purged")).toBeVisible();
  await expect(app.heading("Dead letters")).toBeVisible();
});

test("what cannot be done is said in words: already redriven by somebody else (SUP-5)", async ({ app, mock }) => {
  await app.signIn("support");
  await app.openDeadLetter("99986");
  mock.failing.set("/admin/dlq/99986/redrive", {
    status: 409,
    body: { type: "urn:syncwell:problem:already_redriven" },
  });
  await app.button("Redrive").click();
  await expect(app.said("It is on its way already. Wait for how it ends.")).toBeVisible();
});

test("a message to the person is shown before it is sent (SUP-4)", async ({ app, page, mock }) => {
  await app.signIn("support");
  await app.openDeadLetter("99985");
  await app.button("Show the message").click();
  await expect(page.locator(".letter")).toContainText("You do not need to do anything.");
  await app.button("Send this").click();
  await expect(app.said("The message is on its way")).toBeVisible();
  expect(mock.desk.audit.some((each) => each.action === "contact.send")).toBe(true);
});

test("incidents: open and resolved, guidance, redrive of all (SUP-3)", async ({ app, page }) => {
  await app.signIn("support", "#/incidents");
  await app.link(/Strava: Provider failed/).click();
  await expect(page.getByText("Goes back to the queue by itself")).toBeVisible();
  await expect(app.link(/How Strava is/)).toHaveAttribute("rel", /noopener/);
  await app.button("Redrive all").click();
  await page.getByRole("dialog").getByRole("button", { name: "Redrive all" }).click();
  await expect(app.said("39,200 redriven")).toBeVisible();
  await app.open("#/incidents?state=resolved");
  await expect(app.link(/Google Health: Timeout/)).toBeVisible();
});

test("the contact clock by stage (SUP-4)", async ({ app, page }) => {
  await app.signIn("viewer", "#/contacts");
  await app.link("Overdue").click();
  await app.settled();
  await expect(page.getByRole("row").nth(1)).toContainText("Overdue");
  await expect(page.getByRole("table")).not.toContainText("@");
});

test("a notice that did not arrive is told again (SUP-1)", async ({ app, page }) => {
  await app.signIn("support", "#/notices");
  await expect(page.getByText("PagerDuty answered 429")).toBeVisible();
  await app.button("Tell again: outage/strava").click();
  await expect(app.said("It is told once more")).toBeVisible();
  await expect(page.getByText("PagerDuty answered 429")).toHaveCount(0);
});

test("provider health: breaker, mode, error rate, latency, rate budget, charts (OBS)", async ({ app, page }) => {
  await app.signIn("viewer", "#/providers");
  const strava = page.getByRole("region", { name: "Strava" });
  for (const text of ["Probing", "Read only", "25% (5,120 of 20,410 calls)", "4.9 s", "566 of 600 used"]) {
    await expect(strava).toContainText(text);
  }
  await expect(strava.getByRole("img", { name: /Strava: errors.*now .* between/ })).toBeVisible();
});

test("charts of throughput, latency percentiles, queue age, with the same as a table (OBS)", async ({ app, page }) => {
  await app.signIn("viewer", "#/operations");
  for (const name of [/^Throughput\. succeeded: now/, /^Job latency\. p50.*p95.*p99/, /^Oldest waiting job/]) {
    await expect(page.getByRole("img", { name })).toBeVisible();
  }
  const latency = page.getByRole("figure", { name: "Job latency" });
  await latency.getByText("As a table").click();
  await expect(latency.getByRole("columnheader", { name: "p99" })).toBeVisible();
  expect(await latency.getByRole("row").count()).toBeLessThanOrEqual(13);
});

test("the configuration in force, with origins and secrets masked (OBS)", async ({ app, page }) => {
  await app.signIn("admin", "#/configuration");
  await app.field("Only what is not a default").check();
  await expect(page.getByRole("row", { name: /providers.strava.mode/ })).toContainText(
    "file /etc/syncwell/syncwell.toml",
  );
  await expect(page.getByRole("row", { name: /server.port/ })).toHaveCount(0);
  await app.field("Find").fill("vault");
  await expect(page.getByRole("row", { name: /vault.key/ })).toContainText("(secret)");
});

test("the audit trail, and whether its chain is whole (SUP-5)", async ({ app, page, mock }) => {
  await app.signIn("admin", "#/audit");
  await expect(page.getByRole("row").nth(2)).toContainText("Answering the person's question");
  await app.button("Verify the chain").click();
  await expect(page.getByText("The chain of 60 entries is intact.")).toBeVisible();
  mock.failing.set("/admin/audit/verify", {
    status: 200,
    body: { intact: false, entries: 60, brokenAt: 7, reason: "its hash is another" },
  });
  await app.button("Verify the chain").click();
  await expect(page.getByText("The chain is broken at entry 7 of 60.")).toBeVisible();
});

test("breaking the glass leads from a person to their jobs, with a purpose (SUP-5)", async ({ app, page, mock }) => {
  await app.signIn("support", "#/break-glass");
  await app.field("Person").fill("usr_000000000061");
  await app.button("Find the jobs").click();
  await expect(app.link(/dead letter of job_/)).toBeVisible();
  expect(mock.desk.audit[0]).toMatchObject({ action: "break_glass.open", purpose: "Answering the person's question" });
  await app.link(/dead letter of job_/).click();
  await app.settled();
  expect(await page.getByRole("row").count()).toBe(2);
});

test("staff are let in with a token that is shown once, and out again (SUP-5)", async ({ app, page }) => {
  await app.signIn("admin", "#/staff");
  await app.field("Name").fill("margaret");
  await app.field("Role").selectOption("viewer");
  await app.button("Add").click();
  await expect(page.getByText("stf_4-f3a9c0d1e2b7")).toBeVisible();
  await app.button("Remove margaret").click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(app.said("margaret is removed")).toBeVisible();
  await expect(app.button("Remove ada")).toHaveCount(0);
});

const hiddenFrom: Record<string, string[]> = {
  viewer: ["Find a person", "Configuration", "Audit trail", "Staff"],
  support: ["Configuration", "Audit trail", "Staff"],
  admin: [],
};
for (const [role, hidden] of Object.entries(hiddenFrom)) {
  test(`a ${role} is not shown what a ${role} may not do (SUP-5)`, async ({ app, page }) => {
    await app.signIn(role);
    const menu = page.getByRole("navigation", { name: "Main" });
    for (const name of ["Find a person", "Configuration", "Audit trail", "Staff"]) {
      await expect(menu.getByRole("link", { name })).toHaveCount(hidden.includes(name) ? 0 : 1);
    }
    await app.openDeadLetter("99984");
    await expect(app.button("Redrive")).toHaveCount(role === "viewer" ? 0 : 1);
    await expect(app.button("Purge")).toHaveCount(role === "admin" ? 1 : 0);
    await app.open("#/audit");
    await expect(app.heading(role === "admin" ? "Audit trail" : "There is no such page")).toBeVisible();
  });
}
