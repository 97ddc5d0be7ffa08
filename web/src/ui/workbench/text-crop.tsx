import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { boundsOf } from "../../core/geometry";
import type { Box } from "../../core/model";
import type { Picture } from "../../frames/source";
import type { Workbench } from "./workbench";

/** Image pixels seen around a shape. */
const MARGIN = 3;
/** More than so many screen pixels an image pixel help nobody to read. */
const MOST_SCALE = 6;

/** The selected shape's part of the picture, right above the field: what is read lies where it is typed. */
export function TextCrop({ bench }: { bench: Workbench }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const subject = bench.typing.subject.value?.object;
  const points = subject === undefined || subject.type === "tag" ? undefined : subject.points;
  const picture = bench.picture.value;
  useEffect(() => {
    const host = place.current;
    if (host === null) return;
    const drawn = points && picture && cropOf(picture, boundsOf(points), host);
    host.replaceChildren(...(drawn ? [drawn] : []));
  }, [points, picture]);
  return <div ref={place} class="text-crop" aria-hidden="true" />;
}

/** A canvas that shows `box` of the picture as large as `host` allows. */
function cropOf(picture: Picture, box: Box, host: HTMLElement): HTMLCanvasElement | undefined {
  const left = Math.max(0, box.left - MARGIN);
  const top = Math.max(0, box.top - MARGIN);
  const width = Math.min(picture.width, box.right + MARGIN) - left;
  const height = Math.min(picture.height, box.bottom + MARGIN) - top;
  const scale = Math.min(host.clientWidth / width, host.clientHeight / height, MOST_SCALE);
  // Its source may have closed the picture by now: another one is on its way.
  if (!(scale > 0) || picture.bitmap.width === 0) return undefined;
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale * devicePixelRatio));
  canvas.height = Math.max(1, Math.round(height * scale * devicePixelRatio));
  canvas.style.width = `${canvas.width / devicePixelRatio}px`;
  canvas.style.height = `${canvas.height / devicePixelRatio}px`;
  const ratio = picture.bitmap.width / picture.width;
  const context = canvas.getContext("2d");
  if (context === null) return undefined;
  context.imageSmoothingQuality = "high";
  context.drawImage(
    picture.bitmap,
    left * ratio,
    top * ratio,
    width * ratio,
    height * ratio,
    0,
    0,
    canvas.width,
    canvas.height,
  );
  return canvas;
}
