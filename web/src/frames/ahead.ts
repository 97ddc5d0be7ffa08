/** Which frames to decode, and which chunks to fetch, before anybody asks for them. */

/** Frames decoded ahead of the one shown while nothing plays, at most. */
export const FRAMES_AHEAD = 8;
/** Chunks fetched ahead of the one that plays: the server needs its time to make one. */
const CHUNKS_AHEAD = 2;

/** How frames are played: every `stride`-th is shown, and `count` of those are decoded ahead. */
export interface Pace {
  readonly stride: number;
  readonly count: number;
}

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
  /** Onwards only; undefined while nothing plays. */
  readonly pace?: Pace | undefined;
}

export interface Ahead {
  /** Nearest first; the one behind `frame` last. */
  readonly frames: readonly number[];
  /** Dearest first, the chunk of `frame` among them. */
  readonly chunks: readonly number[];
}

/**
 * Plan what lies ahead of a frame: some frames in the direction of travel and, while nothing plays, one behind; the
 * chunk of the frame, and the next one when its beginning is no further than half a chunk away, or when it plays.
 */
export function planAhead(options: AheadOptions): Ahead {
  const { frame, direction, first, last, chunkSize, bytesOf, pace } = options;
  const inReach = (each: number) => each >= first && each <= last;
  const wanted = pace === undefined ? aroundFrame(frame, direction) : inPace(frame, last, pace);
  const frames: number[] = [];
  let bytes = 0;
  for (const each of wanted.filter(inReach)) {
    bytes += bytesOf(each);
    if (bytes > options.limitBytes) break;
    frames.push(each);
  }
  const reach = pace === undefined ? Math.ceil(chunkSize / 2) : CHUNKS_AHEAD * chunkSize;
  const furthest = Math.min(Math.max(frame + direction * reach, first), last);
  return { frames, chunks: chunksFrom(frame, furthest, chunkSize) };
}

function aroundFrame(frame: number, direction: 1 | -1): number[] {
  const steps = Array.from({ length: FRAMES_AHEAD }, (_, index) => frame + direction * (index + 1));
  return [...steps, frame - direction];
}

/** The same frames whichever of them is shown, and `last` at their end, else it would never come. */
function inPace(frame: number, last: number, { stride, count }: Pace): number[] {
  const before = Math.floor(frame / stride) * stride;
  const steps = Array.from({ length: count }, (_, index) => Math.min(before + stride * (index + 1), last));
  return [...new Set(steps)].filter((each) => each > frame);
}

/** The chunks from that of `frame` to that of `furthest`. */
function chunksFrom(frame: number, furthest: number, chunkSize: number): number[] {
  const [from, to] = [Math.floor(frame / chunkSize), Math.floor(furthest / chunkSize)];
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => from + Math.sign(to - from) * index);
}
