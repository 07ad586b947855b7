// Lines over time as SVG, with what the same says in words and as a table.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { chartScale, pathOf, summaryOf, thinned, type Grid, type Line } from "../chart-scale";
import { clockTime } from "../time";

interface ChartProperties {
  title: string;
  lines: Line[];
  format: (value: number) => string;
  height?: number;
  grid?: Grid;
}

const mostTableRows = 12;
const edge = { left: 40, right: 12, top: 10, bottom: 24 };
const digitWidth = 7;

function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, width] as const;
}

export function Chart({ title, lines, format, height = 190, grid = "any" }: ChartProperties) {
  const [box, width] = useWidth();
  const [pointed, setPointed] = useState<number>();
  const titleId = useId();
  const drawn = lines.filter((line) => line.points.length > 0);
  const rough = chartScale(drawn, width, height, edge, grid);
  const widest = Math.max(...rough.valueTicks.map((tick) => format(tick).length));
  const left = Math.max(edge.left, widest * digitWidth + 12);
  const scale = chartScale(drawn, width, height, { ...edge, left }, grid);
  const times = drawn[0]?.points.map(([time]) => time) ?? [];
  const shownTime = pointed === undefined ? undefined : times[pointed];
  const point = (clientX: number, frame: DOMRect) => {
    const at = scale.timeAt(clientX - frame.left);
    let nearest = 0;
    times.forEach((time, i) => {
      if (Math.abs(time - at) < Math.abs((times[nearest] ?? 0) - at)) nearest = i;
    });
    setPointed(nearest);
  };
  return (
    <figure class="chart" aria-labelledby={titleId}>
      <figcaption>
        <span id={titleId}>{title}</span>
        <span class="legend">
          {drawn.map((line, i) => (
            <span key={line.name}>
              <svg class="legend-mark" viewBox="0 0 22 8" aria-hidden="true">
                <path class={`line line-${i}`} d="M1 4H21" />
              </svg>
              {drawn.length > 1 && `${line.name} `}
              <strong>{format(valueAt(line, shownTime))}</strong>
            </span>
          ))}
          {shownTime !== undefined && <span class="faint">at {clockTime(shownTime)}</span>}
        </span>
      </figcaption>
      <div ref={box} class="chart-box">
        {drawn.length === 0 && <p class="empty">No figures yet.</p>}
        {width > 0 && drawn.length > 0 && (
          <svg
            role="img"
            aria-label={`${title}. ${drawn.map((line) => summaryOf(line, format)).join(". ")}`}
            width={width}
            height={height}
            onPointerMove={(event) => point(event.clientX, event.currentTarget.getBoundingClientRect())}
            onPointerLeave={() => setPointed(undefined)}
          >
            {scale.valueTicks.map((tick) => (
              <g key={tick}>
                <path class="grid" d={`M${left} ${scale.y(tick)}H${width - edge.right}`} />
                <text class="tick" x={left - 8} y={scale.y(tick) + 4} text-anchor="end">
                  {format(tick)}
                </text>
              </g>
            ))}
            {scale.timeTicks.map((tick) => (
              <text key={tick} class="tick" x={scale.x(tick)} y={height - 6} text-anchor="middle">
                {clockTime(tick)}
              </text>
            ))}
            {shownTime !== undefined && (
              <path class="pointer" d={`M${scale.x(shownTime)} ${edge.top}V${height - edge.bottom}`} />
            )}
            {drawn.length === 1 && drawn[0] && (
              <path
                class="area"
                d={`${pathOf(drawn[0], scale)}V${scale.y(0)}H${scale.x(drawn[0].points[0]?.[0] ?? 0)}Z`}
              />
            )}
            {drawn.map((line, i) => (
              <path key={line.name} class={`line line-${i}`} d={pathOf(line, scale)} />
            ))}
          </svg>
        )}
      </div>
      {drawn.length > 0 && <ChartTable title={title} lines={drawn} format={format} />}
    </figure>
  );
}

function valueAt(line: Line, time: number | undefined): number {
  const found = time === undefined ? undefined : line.points.find(([at]) => at === time);
  return (found ?? line.points.at(-1))?.[1] ?? 0;
}

function ChartTable({ title, lines, format }: { title: string; lines: Line[]; format: (value: number) => string }) {
  return (
    <details>
      <summary>
        As a table<span class="for-readers">: {title}</span>
      </summary>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">Time</th>
            {lines.map((line) => (
              <th key={line.name} scope="col" class="numeric">
                {line.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {thinned(lines[0]?.points ?? [], mostTableRows).map(([time]) => (
            <tr key={time}>
              <th scope="row">{clockTime(time)}</th>
              {lines.map((line) => (
                <td key={line.name} class="numeric">
                  {format(valueAt(line, time))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
