/** What the stage shows and what it tells: the seam between the picture on the screen and the workbench. */

import type { ReadonlySignal } from "@preact/signals";
import type { AnnotationDocument } from "../core/document";
import type { Box, Cid, Label, Point, Shape } from "../core/model";
import type { Region } from "../core/regions";
import type { Picture } from "../frames/source";
import type { Preview, ToolEvent } from "../tools/tool";

/** A region an issue of a review points to. */
export interface ShownRegion extends Region {
  readonly key: string;
  /** `draft`: not sent yet. */
  readonly look: "draft" | "open" | "resolved";
  /** What its mark says: how many comments there are. */
  readonly count: number;
}

/** Everything that is to be seen. The stage reads it and never writes. */
export interface Scene {
  readonly document: AnnotationDocument;
  /** The picture and its frame: shapes shown are those of this frame, so both change at once. */
  readonly picture: ReadonlySignal<Picture | undefined>;
  readonly labels: ReadonlySignal<ReadonlyMap<number, Label>>;
  readonly selected: ReadonlySignal<ReadonlySet<Cid>>;
  readonly hovered: ReadonlySignal<Cid | undefined>;
  /** Whether a shape is hidden. */
  readonly hides: ReadonlySignal<(shape: Shape) => boolean>;
  readonly preview: ReadonlySignal<Preview>;
  /** Those of the frame shown, undermost first. */
  readonly regions: ReadonlySignal<readonly ShownRegion[]>;
  /** The key of the region that is opened. */
  readonly openedRegion: ReadonlySignal<string | undefined>;
  /** The label that the draft will have, for its colour; without one it has the accent's. */
  readonly draftLabel?: ReadonlySignal<number | undefined>;
  /** The CSS cursor. */
  readonly cursor: ReadonlySignal<string>;
  /** Shapes to point out for a moment, after an undo on another frame; undefined: none. */
  readonly flashed: ReadonlySignal<ReadonlySet<Cid>>;
}

/** Where the picture lies: image (0, 0) at `x`, `y` of the stage in CSS pixels, `scale` CSS pixels an image pixel. */
export interface Camera {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** The stage in a page. Points of the screen are client CSS pixels, as DOM events have them. */
export interface Stage {
  readonly camera: ReadonlySignal<Camera>;
  /** Show the whole picture. */
  fit(): void;
  /** Zoom by `factor` around a point of the screen; the middle of the stage without one. */
  zoomBy(factor: number, around?: Point): void;
  /** Bring a box into view, moving no further than needed. */
  reveal(box: Box): void;
  toImage(client: Point): Point;
  toClient(image: Point): Point;
  /** Resolves when everything is drawn, crisply, and nothing moves. */
  idle(): Promise<void>;
  close(): void;
}

/** What people do on the stage; the camera's own gestures are kept by the stage. */
export type OnToolEvent = (event: ToolEvent) => void;
