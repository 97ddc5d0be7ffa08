/** One plot over days: bars or a line, what the pointer is at, and the same values as a table. */

import "uplot/dist/uPlot.min.css";
import "./plot.css";
import type { JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { locale, t } from "../../i18n";
import { theme } from "../../theme";
import type { DayForm } from "./amounts";
import { type Colors, plotOptions } from "./plot-options";

export interface PlotSeries {
  readonly label: string;
  /** One for each day; null where there is none. */
  readonly values: readonly (number | null)[];
  /** A colour of the theme: `--accent`. */
  readonly color: `--${string}`;
}

export interface PlotProps {
  readonly title: string;
  readonly kind: "bars" | "line";
  /** Numbers of the days, without gaps. */
  readonly days: readonly number[];
  /** The first is drawn; the others are told beside it. */
  readonly series: readonly PlotSeries[];
  /** Values as the pointer and the table tell them. */
  readonly valueText: (value: number) => string;
  /** Values at the axis, where there is little room. */
  readonly axisText: (value: number) => string;
  /** Steps the axis may have. */
  readonly steps: readonly number[];
  readonly dayText: (day: number, form: DayForm) => string;
  /** Said where nothing is to be drawn. */
  readonly none: string;
}

export function Plot(props: PlotProps): JSX.Element {
  const { title, days, series, none } = props;
  const titleId = useId();
  const [drawn] = series;
  const isEmpty = drawn === undefined || drawn.values.every((value) => value === null || value === 0);
  return (
    <section class="card plot" aria-labelledby={titleId}>
      <h2 id={titleId}>{title}</h2>
      {isEmpty ? <p class="plot-none">{none}</p> : <Canvas {...props} />}
      {!isEmpty && (
        <details class="plot-values">
          <summary>{t("statistics.values")}</summary>
          <Table {...props} days={days} />
        </details>
      )}
    </section>
  );
}

const HEIGHT_PX = 190;
const YEAR_DAYS = 366;

function Canvas(props: PlotProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const shown = useRef(props);
  shown.current = props;
  const colors = useRef<Colors>({ series: "", grid: "", text: "", font: "" });
  const key = `${props.kind} ${locale.value} ${props.days[0]} ${props.days.length}`;
  useLayoutEffect(() => {
    const element = host.current;
    if (element === null) return;
    colors.current = readColors(element, shown.current.series[0]?.color ?? "--accent");
    const options = plotOptions({
      kind: props.kind,
      width: Math.max(1, element.clientWidth),
      height: HEIGHT_PX,
      steps: props.steps,
      colors: () => colors.current,
      axisText: (value) => shown.current.axisText(value),
      dayText: (day) => {
        const { days, dayText } = shown.current;
        return dayText(day, days.length > YEAR_DAYS ? "month" : "short");
      },
      onPoint: (index, left) => showTip(tip.current, shown.current, index, left),
    });
    const made = new uPlot(options, dataOf(shown.current), element);
    plot.current = made;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height: HEIGHT_PX });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [key]);
  useEffect(() => plot.current?.setData(dataOf(props)), [props.series]);
  useEffect(() => {
    const repaint = (): void => {
      if (host.current === null) return;
      colors.current = readColors(host.current, shown.current.series[0]?.color ?? "--accent");
      // Paths are made anew: those of bars keep the colour they were made with.
      plot.current?.redraw(true, true);
    };
    repaint();
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", repaint);
    return () => scheme.removeEventListener("change", repaint);
  }, [theme.value]);
  return (
    <div class="plot-canvas">
      <div ref={host} role="img" aria-label={t("statistics.plot", { title: props.title })} />
      <div ref={tip} class="plot-tip" aria-hidden="true" hidden />
    </div>
  );
}

function dataOf({ days, series }: PlotProps): uPlot.AlignedData {
  return [[...days], [...(series[0]?.values ?? [])]];
}

/** Canvas knows no tokens: their colours are read off the page. */
function readColors(element: HTMLElement, series: string): Colors {
  const read = (token: string): string => {
    // A new element each time: one that was shown already would go over to its new colour little by little.
    const probe = document.createElement("i");
    probe.style.color = `var(${token})`;
    element.append(probe);
    const color = getComputedStyle(probe).color;
    probe.remove();
    return color;
  };
  return {
    series: read(series),
    grid: read("--line"),
    text: read("--text-quiet"),
    font: `12px ${getComputedStyle(element).fontFamily}`,
  };
}

/** Tell what day and value the pointer is at; `index` undefined takes it away. */
function showTip(box: HTMLElement | null, props: PlotProps, index: number | undefined, left: number): void {
  if (box === null) return;
  const day = index === undefined ? undefined : props.days[index];
  box.hidden = day === undefined;
  if (day === undefined || index === undefined) return;
  const lines = props.series.map(({ label, values }) => {
    const value = values[index];
    return `${label}: ${value == null ? "–" : props.valueText(value)}`;
  });
  box.replaceChildren(
    ...[props.dayText(day, "long"), ...lines].map((text, at) => {
      const line = document.createElement(at === 0 ? "b" : "span");
      line.textContent = text;
      return line;
    }),
  );
  const room = box.parentElement?.clientWidth ?? 0;
  box.style.left = `${Math.max(0, Math.min(left - box.offsetWidth / 2, room - box.offsetWidth))}px`;
}

function Table({ title, days, series, valueText, dayText }: PlotProps): JSX.Element {
  const rows = days
    .map((day, index) => ({ day, values: series.map(({ values }) => values[index] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== null && value !== 0))
    .reverse();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key.
    <div class="plot-table" tabIndex={0}>
      <table>
        <caption class="unseen">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{t("statistics.day")}</th>
            {series.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ day, values }) => (
            <tr key={day}>
              <th scope="row">{dayText(day, "long")}</th>
              {values.map((value, index) => (
                <td key={series[index]?.label}>{value === null ? "–" : valueText(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
