// The server's series as lines of a chart.
import type { Line } from "../../chart-scale";
import type { History } from "../../staff-api";

const digits = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 3, notation: "compact" });

export const whole = (value: number) => digits.format(value);
export const compact = (value: number) => short.format(value);
export const perSecond = (value: number) => `${short.format(value)}/s`;
export const milliseconds = (value: number) =>
  value >= 1000 ? `${short.format(value / 1000)} s` : `${digits.format(value)} ms`;

// `named`: series by name, and what each is called in the chart; those that the server does not have are left out.
export function linesOf(history: History, named: Record<string, string>): Line[] {
  return Object.entries(named).flatMap(([name, called]) => {
    const found = history.series.find((each) => each.name === name);
    return found ? [{ name: called, points: found.points }] : [];
  });
}
