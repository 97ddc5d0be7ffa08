/** Where pictures come from: the one interface the workbench knows. */

/** A frame, decoded. Whoever got it from a source must not close it: the source does, when nobody shows it. */
export interface Picture {
  readonly frame: number;
  readonly bitmap: ImageBitmap;
  /** The frame's own size in image pixels; the bitmap may be smaller. */
  readonly width: number;
  readonly height: number;
}

export interface FrameSource {
  /**
   * The picture of `frame`, from memory if it is there. A later call of `get` ends the wait of an earlier one
   * for another frame: that is rejected with an AbortError.
   *
   * Raises FrameFailed.
   */
  get(frame: number): Promise<Picture>;
  /** The picture, if it lies decoded in memory now. */
  peek(frame: number): Picture | undefined;
  /** Fetch and decode ahead of `frame` in `direction`; what is not wanted any more is dropped. */
  prefetch(frame: number, direction: 1 | -1): void;
  close(): void;
}

/** A frame cannot be shown. `message` is the server's sentence, or ours. */
export class FrameFailed extends Error {}
