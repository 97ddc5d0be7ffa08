/**
 * The frames of a short MP4 file as they lie in it: one H.264 track, whole in memory, nothing out of order.
 *
 * Source: ISO/IEC 14496-12 (boxes) and 14496-15 (avcC).
 */

/** A file that is not what the server's chunks are. */
export class NotReadable extends Error {}

export interface Mp4 {
  readonly config: VideoDecoderConfig;
  /** Encoded frames, in their order. */
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isKey: boolean;
}

interface Box {
  readonly start: number;
  readonly end: number;
}

/** Boxes of a file, found by the path of their four-letter names. */
class Boxes {
  readonly #view: DataView;

  constructor(readonly bytes: Uint8Array<ArrayBuffer>) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(at: number): number {
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    return this.#view.getUint16(at);
  }

  u32(at: number): number {
    return this.#view.getUint32(at);
  }

  u64(at: number): number {
    return Number(this.#view.getBigUint64(at));
  }

  /** The content of the first box on `path` within `from`; undefined: there is none. */
  find(path: readonly string[], from: Box = { start: 0, end: this.bytes.length }): Box | undefined {
    const [name, ...rest] = path;
    if (name === undefined) return from;
    for (let at = from.start; at + 8 <= from.end; ) {
      const long = this.u32(at) === 1;
      const size = long ? this.u64(at + 8) : this.u32(at) || from.end - at;
      const end = at + size;
      if (size < 8 || end > from.end) throw new NotReadable(`a box at ${at} ends at ${end}`);
      const type = String.fromCharCode(...this.bytes.subarray(at + 4, at + 8));
      if (type === name) return this.find(rest, { start: at + (long ? 16 : 8), end });
      at = end;
    }
    return undefined;
  }

  need(path: readonly string[], from?: Box): Box {
    const found = this.find(path, from);
    if (found === undefined) throw new NotReadable(`there is no box ${path.join("/")}`);
    return found;
  }
}

/** Bytes of an avc1 entry before its own boxes. */
const ENTRY_HEAD = 78;

/** Raises NotReadable, RangeError. */
export function readMp4(bytes: Uint8Array<ArrayBuffer>): Mp4 {
  const boxes = new Boxes(bytes);
  const table = boxes.need(["moov", "trak", "mdia", "minf", "stbl"]);
  const sizes = readSizes(boxes, table);
  const offsets = readOffsets(boxes, table, sizes);
  const keys = readKeys(boxes, table);
  const samples = sizes.map((size, index) => {
    const offset = offsets[index] ?? bytes.length;
    if (offset + size > bytes.length) throw new NotReadable(`frame ${index} lies beyond the file`);
    return {
      bytes: bytes.subarray(offset, offset + size),
      isKey: keys === undefined || keys.has(index + 1),
    };
  });
  return { config: readConfig(boxes, table), samples };
}

function readConfig(boxes: Boxes, table: Box): VideoDecoderConfig {
  const { start } = boxes.need(["stsd"], table);
  const entry = { start: start + 16, end: start + 8 + boxes.u32(start + 8) };
  const avcC = boxes.need(["avcC"], { start: entry.start + ENTRY_HEAD, end: entry.end });
  const description = boxes.bytes.slice(avcC.start, avcC.end);
  const profile = [...description.subarray(1, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return {
    codec: `avc1.${profile}`,
    description,
    codedWidth: boxes.u16(entry.start + 24),
    codedHeight: boxes.u16(entry.start + 26),
    // Each frame as soon as it is whole: none waits for others, and none comes before its turn.
    optimizeForLatency: true,
  };
}

function readSizes(boxes: Boxes, table: Box): number[] {
  const { start } = boxes.need(["stsz"], table);
  const same = boxes.u32(start + 4);
  const count = boxes.u32(start + 8);
  if (count * 4 > boxes.bytes.length) throw new NotReadable(`${count} frames are too many`);
  return Array.from({ length: count }, (_, index) => same || boxes.u32(start + 12 + 4 * index));
}

/** Where each frame begins: frames lie in runs, and runs of one length are told once. */
function readOffsets(boxes: Boxes, table: Box, sizes: readonly number[]): number[] {
  const long = boxes.find(["co64"], table);
  const { start } = long ?? boxes.need(["stco"], table);
  const lengths = boxes.need(["stsc"], table).start;
  const offsets: number[] = [];
  let told = 0;
  for (let run = 0; run < boxes.u32(start + 4) && offsets.length < sizes.length; run += 1) {
    while (told + 1 < boxes.u32(lengths + 4) && boxes.u32(lengths + 8 + 12 * (told + 1)) <= run + 1)
      told += 1;
    let offset = long === undefined ? boxes.u32(start + 8 + 4 * run) : boxes.u64(start + 8 + 8 * run);
    const length = boxes.u32(lengths + 8 + 12 * told + 4);
    for (let place = 0; place < length && offsets.length < sizes.length; place += 1) {
      const size = sizes[offsets.length] ?? 0;
      offsets.push(offset);
      offset += size;
    }
  }
  return offsets;
}

/** Numbers, from 1, of the frames that need no other; undefined: none needs one. */
function readKeys(boxes: Boxes, table: Box): ReadonlySet<number> | undefined {
  const found = boxes.find(["stss"], table);
  if (found === undefined) return undefined;
  const count = Math.min(boxes.u32(found.start + 4), boxes.bytes.length);
  return new Set(Array.from({ length: count }, (_, index) => boxes.u32(found.start + 8 + 4 * index)));
}
