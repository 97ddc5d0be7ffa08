/** How a plot over days looks, for uPlot. */

import uPlot from "uplot";
import { daySplits } from "./days";

export interface Colors {
  readonly series: string;
  readonly grid: string;
  readonly text: string;
  readonly font: string;
}

export interface PlotLook {
  readonly kind: "bars" | "line";
  readonly width: number;
  readonly height: number;
  readonly steps: readonly number[];
  /** Asked at each drawing, so that a new theme needs no new plot. */
  readonly colors: () => Colors;
  readonly axisText: (value: number) => string;
  readonly dayText: (day: number) => string;
  /** The pointer is at the entry `index`, `left` CSS pixels from the edge; undefined: at none. */
  readonly onPoint: (index: number | undefined, left: number) => void;
}

/** A bar is no wider than this, however few there are. */
const BAR_PX = 36;
/** Days shown at least, so that one bar is no wall. */
const LEAST_DAYS = 7;
/** Room a day's name takes. */
const DAY_PX = 64;
const AXIS_PX = 52;
const DAYS_AXIS_PX = 30;

export function plotOptions(look: PlotLook): uPlot.Options {
  const { kind, colors } = look;
  const isBars = kind === "bars";
  return {
    width: look.width,
    height: look.height,
    padding: [10, DAY_PX / 2, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: !isBars, size: 9 } },
    scales: {
      x: { time: false, range: (self) => dayRange(...endsOf(self)) },
      // At least one step, or the axis would name nothing but 0.
      y: { range: (_, __, most) => [0, Math.max(most * 1.08, look.steps[0] ?? 1)] },
    },
    axes: [
      {
        stroke: () => colors().text,
        font: colors().font,
        size: DAYS_AXIS_PX,
        grid: { show: false },
        ticks: { stroke: () => colors().grid, width: 1, size: 4 },
        splits: (self) => splitsOf(self),
        values: (_, days) => days.map((day) => look.dayText(day)),
      },
      {
        stroke: () => colors().text,
        font: colors().font,
        size: AXIS_PX,
        incrs: [...look.steps],
        space: 34,
        grid: { stroke: () => colors().grid, width: 1 },
        ticks: { show: false },
        values: (_, values) => values.map((value) => look.axisText(value)),
      },
    ],
    series: [
      {},
      isBars
        ? {
            stroke: () => colors().series,
            fill: () => colors().series,
            width: 0,
            points: { show: false },
            ...bars(),
          }
        : {
            stroke: () => colors().series,
            width: 2,
            // Days off are no break in it.
            spanGaps: true,
            points: { show: true, size: 6, fill: () => colors().series },
          },
    ],
    hooks: { setCursor: [(self) => look.onPoint(pointOf(self), (self.cursor.left ?? 0) + AXIS_PX)] },
  };
}

function bars(): Pick<uPlot.Series, "paths"> {
  const paths = uPlot.paths.bars?.({ size: [0.7, BAR_PX], radius: 0.15 });
  return paths === undefined ? {} : { paths };
}

/** The days of the axis with half a day at both ends, and never less than a week. */
export function dayRange(first: number, last: number): [number, number] {
  const missing = Math.max(0, LEAST_DAYS - (last - first + 1)) / 2;
  return [first - 0.5 - missing, last + 0.5 + missing];
}

/** The first and the last day; what the scale has now is no measure, as it has room at its ends. */
function endsOf({ data: [days] }: uPlot): [number, number] {
  const first = days[0] ?? 0;
  return [first, days[days.length - 1] ?? first];
}

function splitsOf(self: uPlot): number[] {
  const [first, last] = endsOf(self);
  const room = (self.bbox.width / devicePixelRatio) | 0;
  return [...daySplits(first, last, Math.max(1, Math.floor(room / DAY_PX)))];
}

function pointOf({ cursor }: uPlot): number | undefined {
  return cursor.left === undefined || cursor.left < 0 ? undefined : (cursor.idx ?? undefined);
}
