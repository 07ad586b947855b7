// Where a chart's lines, grid and labels go: plain functions, no drawing.

export interface Line {
  name: string;
  points: [number, number][]; // unix seconds and value, oldest first
}

export interface Edge {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface Scale {
  x: (time: number) => number;
  y: (value: number) => number;
  timeAt: (x: number) => number;
  valueTicks: number[];
  timeTicks: number[];
}

const secondSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400];

// Where grid lines may stand: of seconds, where a clock's would.
export type Grid = "any" | "whole" | "seconds";

// The next of 1, 2, 5, 10, 20, 50 … that is not smaller; of seconds, the next that a clock knows.
export function niceStep(rough: number, grid: Grid = "any"): number {
  if (!(rough > 0) || (grid === "whole" && rough < 1)) return 1;
  const clockStep = grid === "seconds" && secondSteps.find((each) => each >= rough);
  if (clockStep) return clockStep;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10;
  return factor * power;
}

export function chartScale(lines: Line[], width: number, height: number, edge: Edge, grid: Grid = "any"): Scale {
  const times = lines.flatMap((line) => line.points.map(([time]) => time));
  const first = times.reduce((least, each) => Math.min(least, each), Infinity);
  const last = Math.max(
    times.reduce((most, each) => Math.max(most, each), -Infinity),
    first + 1,
  );
  const largest = lines.reduce((most, line) => line.points.reduce((top, [, value]) => Math.max(top, value), most), 0);
  const step = niceStep((largest || 1) / 4, grid);
  const top = Math.max(step, Math.ceil(largest / step - 1e-9) * step);
  const innerWidth = Math.max(1, width - edge.left - edge.right);
  const innerHeight = Math.max(1, height - edge.top - edge.bottom);
  const x = (time: number) => round(edge.left + ((time - first) / (last - first)) * innerWidth);
  const y = (value: number) => round(edge.top + (1 - value / top) * innerHeight);
  const gaps = Math.max(1, Math.min(6, Math.floor(innerWidth / 110)));
  const span = (last - first) / gaps;
  return {
    x,
    y,
    timeAt: (at) => first + ((at - edge.left) / innerWidth) * (last - first),
    valueTicks: Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step),
    timeTicks: lines.length ? Array.from({ length: gaps }, (_, i) => first + span * (i + 0.5)) : [],
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

export function pathOf(line: Line, scale: Scale): string {
  return line.points.map(([time, value], i) => `${i ? "L" : "M"}${scale.x(time)} ${scale.y(value)}`).join("");
}

// At most `most` of them, evenly, the last always.
export function thinned<T>(items: T[], most: number): T[] {
  const step = Math.max(1, Math.ceil(items.length / most));
  return items.filter((_, i) => (items.length - 1 - i) % step === 0);
}

export function summaryOf(line: Line, format: (value: number) => string): string {
  const values = line.points.map(([, value]) => value);
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return `${line.name}: now ${format(values.at(-1) ?? 0)}, between ${format(least)} and ${format(most)}`;
}
