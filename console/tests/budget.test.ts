// Small and fast, measured: what the first load weighs, how soon it can be used, how the largest list behaves.
import type { Page } from "@playwright/test";
import { contentSecurityPolicy } from "./mock-server.ts";
import { expect, test } from "./setup.ts";

const mostBytes = 150_000;
const interactiveMs = 1_000;
const mostElements = 1_500;
const tries = 3; // the machine does other things as well: the best one counts

// From the start of the navigation until the sign-in field can be typed into.
async function interactiveAfter(page: Page, address: string): Promise<number> {
  await page.goto("about:blank");
  await page.goto(address);
  await page.getByLabel("Token").fill("x");
  return page.evaluate(() => (performance as unknown as { usableAt?: number }).usableAt ?? Infinity);
}

test("the first load weighs at most 150 kB compressed (API)", async ({ app, page }) => {
  let bytes = 0;
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  page.on("requestfinished", async (request) => {
    if (!request.url().startsWith(`${app.server}/console/`)) return;
    const { responseBodySize, responseHeadersSize } = await request.sizes();
    bytes += responseBodySize + responseHeadersSize;
  });
  await app.signIn("support");
  console.log(`    first load: ${bytes} bytes`);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThanOrEqual(mostBytes);
  expect(addresses.filter((each) => !each.startsWith(app.server))).toEqual([]);
});

test("it can be used within a second (API)", async ({ app, page }) => {
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector("input")) return;
      observer.disconnect();
      requestAnimationFrame(() => Object.assign(performance, { usableAt: performance.now() }));
    }).observe(document, { childList: true, subtree: true });
  });
  const times: number[] = [];
  for (let i = 0; i < tries; ++i) times.push(await interactiveAfter(page, `${app.server}/console/`));
  console.log(`    usable after ${times.map(Math.round).join(", ")} ms`);
  expect(Math.min(...times)).toBeLessThanOrEqual(interactiveMs);
});

test("a page of 100,000 dead letters is there at once and does not grow (SUP-2)", async ({ app, page }) => {
  await app.signIn("viewer", "#/dlq");
  const times: number[] = [];
  for (let number = 2; number < 2 + tries; ++number) {
    const began = Date.now();
    await app.button("Next").click();
    await expect(page.getByText(`Page ${number}`)).toBeVisible();
    await app.settled();
    times.push(Date.now() - began);
  }
  console.log(`    next page after ${times.join(", ")} ms`);
  expect(Math.min(...times)).toBeLessThanOrEqual(interactiveMs);
  expect(await page.locator("*").count()).toBeLessThanOrEqual(mostElements);
});

test("it runs under the strict content-security policy (API)", async ({ app, page }) => {
  const answer = await page.goto(`${app.server}/console/`);
  expect(answer?.headers()["content-security-policy"]).toBe(contentSecurityPolicy);
  await expect(app.field("Token")).toBeVisible();
  const inline = await page.evaluate(
    () => document.querySelectorAll("script:not([src]), style, [style], [onclick], [onload]").length,
  );
  expect(inline).toBe(0);
});
