/** Which frames to decode, and which chunks to fetch, before anybody asks for them. */

/** Frames decoded ahead of the one shown, at most. */
export const FRAMES_AHEAD = 8;

export interface AheadOptions {
  readonly frame: number;
  readonly direction: 1 | -1;
  /** The frames that may be asked for, both included. */
  readonly first: number;
  readonly last: number;
  readonly chunkSize: number;
  /** How much the picture of a frame takes when decoded. */
  readonly bytesOf: (frame: number) => number;
  /** What the frames ahead may take together, `frame` itself not counted. */
  readonly limitBytes: number;
}

export interface Ahead {
  /** Nearest first; the one behind `frame` last. */
  readonly frames: readonly number[];
  /** Dearest first, the chunk of `frame` among them. */
  readonly chunks: readonly number[];
}

/**
 * Plan what lies ahead of a frame: some frames in the direction of travel and one behind; the chunk of the frame,
 * and the next one when its beginning is no further than half a chunk away.
 */
export function planAhead(options: AheadOptions): Ahead {
  const { frame, direction, first, last, chunkSize, bytesOf } = options;
  const inReach = (each: number) => each >= first && each <= last;
  const steps = Array.from({ length: FRAMES_AHEAD }, (_, index) => frame + direction * (index + 1));
  const frames: number[] = [];
  let bytes = 0;
  for (const each of [...steps, frame - direction].filter(inReach)) {
    bytes += bytesOf(each);
    if (bytes > options.limitBytes) break;
    frames.push(each);
  }
  const reach = frame + direction * Math.ceil(chunkSize / 2);
  const furthest = Math.min(Math.max(reach, first), last);
  return { frames, chunks: chunksFrom(frame, furthest, chunkSize) };
}

/** The chunk of `frame` and, if it is another one, that of `furthest`. */
function chunksFrom(frame: number, furthest: number, chunkSize: number): number[] {
  return [...new Set([Math.floor(frame / chunkSize), Math.floor(furthest / chunkSize)])];
}
