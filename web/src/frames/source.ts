/** Where pictures come from: the one interface the workbench knows. */

import type { Pace } from "./ahead";

/** A frame, decoded. Whoever got it from a source must not close it: the source does, when nobody shows it. */
export interface Picture {
  readonly frame: number;
  readonly bitmap: ImageBitmap;
  /** The frame's own size in image pixels; the bitmap may be smaller. */
  readonly width: number;
  readonly height: number;
  /** Whether there is one with more pixels to be had by `getWhole`. */
  readonly isReduced: boolean;
}

export interface FrameSource {
  /**
   * The picture of `frame`, from memory if it is there. A later call of `get` ends the wait of an earlier one
   * for another frame: that is rejected with an AbortError. `isPassing`: another one is wanted soon, so nothing
   * around this one is.
   *
   * Raises FrameFailed.
   */
  get(frame: number, isPassing?: boolean): Promise<Picture>;
  /** The picture with all its pixels, when the one that `get` gives is reduced. Raises as `get`. */
  getWhole(frame: number): Promise<Picture>;
  /** The picture, if it lies decoded in memory now. */
  peek(frame: number): Picture | undefined;
  /**
   * A small picture of `frame`, to be closed by whoever got it. Undefined when another one is asked for meanwhile, and
   * when it cannot be had.
   */
  glimpse(frame: number): Promise<ImageBitmap | undefined>;
  /** Fetch and decode ahead of `frame` in `direction`, `pace` while it plays; what is not wanted any more is dropped. */
  prefetch(frame: number, direction: 1 | -1, pace?: Pace): void;
  close(): void;
}

/** A frame cannot be shown. `message` is the server's sentence, or ours. */
export class FrameFailed extends Error {}
