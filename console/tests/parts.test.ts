// The pieces that need no browser.
import { expect, test } from "@playwright/test";
import { chartScale, niceStep, summaryOf, thinned } from "../src/chart-scale.ts";
import { createEventParser } from "../src/event-stream.ts";
import { hrefWith, parseRoute } from "../src/router.ts";
import { duration, relativeTime } from "../src/time.ts";
import { parseVisible, visible } from "../src/visible-text.ts";
import { decisionText } from "../src/words.ts";

test("an event stream is read however it is cut (SUP-6)", () => {
  const text = ': keep-alive\n\nevent: job\ndata: {"a":\ndata: 1}\n\r\nevent: job\r\ndata: 2\r\n\r\n';
  for (let size = 1; size <= text.length; ++size) {
    const parse = createEventParser();
    const events = [];
    for (let at = 0; at < text.length; at += size) events.push(...parse(text.slice(at, at + size)));
    expect(events, `in pieces of ${size}`).toEqual([
      { event: "job", data: '{"a":\n1}' },
      { event: "job", data: "2" },
    ]);
  }
});

test("an event without end is refused (SUP-6)", () => {
  const parse = createEventParser();
  expect(() => parse("data: " + "x".repeat(2 << 20))).toThrow("without end");
});

test("a chart's grid stands at round values and holds the largest one (OBS)", () => {
  expect([0.3, 1, 7, 23, 260].map((each) => niceStep(each))).toEqual([0.5, 1, 10, 50, 500]);
  expect([50, 61, 700].map((each) => niceStep(each, "seconds"))).toEqual([60, 120, 900]);
  expect([0.25, 1, 7].map((each) => niceStep(each, "whole"))).toEqual([1, 1, 10]);
  const lines = [{ name: "a", points: [[100, 3] as [number, number], [200, 97] as [number, number]] }];
  const scale = chartScale(lines, 300, 200, { left: 0, right: 0, top: 0, bottom: 0 });
  expect(scale.valueTicks).toEqual([0, 50, 100]);
  expect([scale.x(100), scale.x(200), scale.y(0), scale.y(100)]).toEqual([0, 300, 200, 0]);
});

test("a chart without or with only zero values can be drawn (OBS)", () => {
  const edge = { left: 0, right: 0, top: 0, bottom: 0 };
  expect(chartScale([], 300, 200, edge).timeTicks).toEqual([]);
  expect(chartScale([{ name: "a", points: [[5, 0]] }], 300, 200, edge).y(0)).toBe(200);
});

test("a chart says in words what it shows, and its table keeps the latest (OBS)", () => {
  expect(
    summaryOf(
      {
        name: "p95",
        points: [
          [1, 5],
          [2, 9],
          [3, 7],
        ],
      },
      String,
    ),
  ).toBe("p95: now 7, between 5 and 9");
  expect(thinned([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([1, 4, 7]);
});

test("times are said in the largest unit that fits (API)", () => {
  const now = Date.parse("2026-11-23T12:00:00Z");
  expect(relativeTime("2026-11-23T11:59:30Z", now)).toBe("just now");
  expect(relativeTime("2026-11-23T09:00:00Z", now)).toBe("3 hours ago");
  expect(relativeTime("2026-11-25T12:00:00Z", now)).toBe("in 2 days");
  expect(relativeTime("nonsense", now)).toBe("");
  expect([59, 61, 600, 3_700, 90_000].map(duration)).toEqual(["59 s", "1 min 1 s", "10 min", "1 h 1 min", "1 d 1 h"]);
});

test("a route survives what cannot be decoded, and ids with slashes (API)", () => {
  expect(parseRoute("#/dlq/a%2Fb?state=open")).toEqual({ path: ["dlq", "a/b"], query: { state: "open" } });
  expect(parseRoute("#/%E0%A4%A").path).toEqual(["%E0%A4%A"]);
  expect(hrefWith("#/dlq", { state: "open", code: "" })).toBe("#/dlq?state=open");
});

test("what cannot be seen is made visible, and nothing else is touched (API)", () => {
  expect(visible("\u001b[31m\u0000\u007f")).toBe("␛[31m␀␡");
  expect(visible("a\u202eb\u200bc")).toBe("a\ufffdb\ufffdc");
  expect(visible("Zoë\n\t心拍 👩\u200d🔬")).toBe("Zoë\n\t心拍 👩\u200d🔬");
  expect(parseVisible('{"a":["\\u001b"],"b":1}')).toEqual({ a: ["␛"], b: 1 });
});

test("each reason that the engine gives has a sentence (DEC-11)", () => {
  const reasons = ["no_conflict", "source_wins", "source_is_newer", "destination_wins", "destination_is_newer"].concat([
    "not_overwritable",
    "echo",
    "edited",
    "already_there",
    "not_deletable",
    "deleted_at_source",
  ]);
  for (const reason of reasons) {
    const sentence = decisionText({ recordId: "1", action: "skip", reason }, "Apple Health", "Strava");
    expect(sentence).toMatch(/^(Kept what Strava has|Nothing to do), because /);
    if (reason.includes("_")) expect(sentence).not.toContain(reason.replaceAll("_", " "));
  }
});
