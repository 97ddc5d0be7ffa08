import { useSignal } from "@preact/signals";
import type { JSX, TargetedPointerEvent } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { t } from "../../i18n";
import type { Contents, Run } from "./contents";
import "./timeline.css";
import { passBy } from "./travel";
import type { Workbench } from "./workbench";

const GLIMPSE_AFTER_MS = 60;
/** More marks than these are not told apart. */
const MAX_MARKS = 2000;

/** All frames of the job in one line: where one is, which have objects, and the way to any of them. */
export function Timeline({ bench }: { bench: Workbench }): JSX.Element | null {
  const { first, last, wanted } = bench.navigation;
  const dragged = useSignal<number | undefined>(undefined);
  const pointed = useSignal<Pointed | undefined>(undefined);
  if (first === last) return null;
  const value = dragged.value ?? wanted.value;
  return (
    <div class="timeline">
      <Marks contents={bench.contents} first={first} last={last} />
      <input
        type="range"
        class="frame-slider"
        aria-label={t("workbench.frame.slider")}
        min={first}
        max={last}
        value={value}
        style={{ "--at": (value - first) / (last - first) }}
        onInput={(event) => {
          const frame = event.currentTarget.valueAsNumber;
          if (passBy(bench, frame)) dragged.value = frame;
          else event.currentTarget.value = String(wanted.value);
        }}
        onChange={(event) => {
          dragged.value = undefined;
          void bench.navigation.rest();
          // After a click, the next key is meant for the picture. Whoever came by keys goes on from here.
          if (!event.currentTarget.matches(":focus-visible")) event.currentTarget.blur();
        }}
        onPointerMove={(event) => {
          pointed.value = pointedAt(event, first, last);
        }}
        onPointerLeave={() => {
          pointed.value = undefined;
        }}
      />
      {pointed.value !== undefined && (
        <div class="timeline-tip" style={{ "--at": pointed.value.at }} aria-hidden="true">
          {dragged.value === undefined && <Glimpse bench={bench} frame={pointed.value.frame} />}
          {pointed.value.frame}
        </div>
      )}
    </div>
  );
}

/** The frame under the pointer, and how far along the line it lies, 0 to 1. */
interface Pointed {
  readonly frame: number;
  readonly at: number;
}

function pointedAt(event: TargetedPointerEvent<HTMLInputElement>, first: number, last: number): Pointed {
  const { left, width } = event.currentTarget.getBoundingClientRect();
  const inset = Number.parseFloat(getComputedStyle(event.currentTarget).getPropertyValue("--thumb")) / 2;
  const part = (event.clientX - left - inset) / (width - 2 * inset);
  const frame = first + Math.round(Math.min(1, Math.max(0, part)) * (last - first));
  return { frame, at: (frame - first) / (last - first) };
}

/** A small picture of the frame pointed to. While one drags, the large one tells. */
function Glimpse({ bench, frame }: { bench: Workbench; frame: number }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width = 16, height = 9 } = bench.job.frameAt(frame) ?? {};
  useEffect(() => {
    // Not for each frame that the pointer runs over.
    const timer = setTimeout(async () => {
      const bitmap = await bench.navigation.glimpse(frame);
      if (bitmap === undefined) return;
      if (canvas.current !== null) paint(canvas.current, bitmap);
      bitmap.close();
    }, GLIMPSE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [bench, frame]);
  return <canvas ref={canvas} style={{ aspectRatio: `${width} / ${height}` }} />;
}

function paint(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
}

interface MarksProps {
  readonly contents: Contents;
  readonly first: number;
  readonly last: number;
}

/** A mark for each run of frames that have objects, and of those that are deleted. */
function Marks({ contents, first, last }: MarksProps): JSX.Element {
  const full = contents.fullRuns.value;
  const deleted = contents.deletedRuns.value;
  const paths = useMemo(
    () => [pathOf(full, first, last), pathOf(deleted, first, last)],
    [full, deleted, first, last],
  );
  return (
    <svg
      class="timeline-marks"
      viewBox={`0 0 ${last - first} 1`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={paths[0]} />
      <path class="deleted" d={paths[1]} />
    </svg>
  );
}

/** Each frame reaches half a frame to both sides of its place. */
function pathOf(runs: readonly Run[], first: number, last: number): string {
  const least = (last - first) / MAX_MARKS;
  let drawn = Number.NEGATIVE_INFINITY;
  return runs
    .map(([from, to]) => {
      const left = Math.max(from - first - 0.5, drawn);
      const right = Math.max(to - first + 0.5, left + least);
      drawn = right;
      return `M${left} 0H${right}V1H${left}z`;
    })
    .join("");
}
