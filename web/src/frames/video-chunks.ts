/** Decodes chunks that are videos, by WebCodecs: frame by frame, each known by its place in the chunk. */

import type { VideoEdge, VideoWish } from "./loader";
import { type Mp4, NotReadable, readMp4 } from "./mp4";

/** Encoded frames handed to the decoder and not yet taken: enough for it never to wait. */
const QUEUED = 4;

/** Whether this browser decodes the server's videos here: only over https, or on the machine itself. */
export async function canDecodeVideo(): Promise<boolean> {
  if (typeof VideoDecoder === "undefined" || typeof EncodedVideoChunk === "undefined") return false;
  const asked = VideoDecoder.isConfigSupported({ codec: "avc1.42c01f" });
  const { supported } = await asked.catch(() => ({ supported: false }));
  return supported === true;
}

/** One chunk is open at a time; what is asked is done in turn. */
export class VideoChunks implements VideoEdge {
  #open: OpenChunk | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  decode(chunk: Uint8Array, index: number, wish: VideoWish): Promise<void> {
    const turn = this.#turn.then(() => this.#decode(chunk, index, wish));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #decode(chunk: Uint8Array, index: number, wish: VideoWish): Promise<void> {
    if (wish.wanted(index) === undefined) return;
    if (this.#open === undefined || !this.#open.leadsTo(chunk, index)) {
      this.#open?.close();
      this.#open = new OpenChunk(chunk as Uint8Array<ArrayBuffer>);
    }
    try {
      await this.#open.goTo(index, wish);
    } catch (error) {
      this.#open.close();
      this.#open = undefined;
      throw error;
    }
  }
}

class OpenChunk {
  readonly #bytes: Uint8Array;
  readonly #mp4: Mp4;
  readonly #decoder: VideoDecoder;
  /** Decoded, and not yet passed. */
  readonly #frames: VideoFrame[] = [];
  #fed = 0;
  /** The first frame not yet passed. */
  #next = 0;
  #isFlushed = false;
  #failure: DOMException | undefined;
  #tellChange: () => void = () => undefined;

  /** Raises NotReadable, RangeError. */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
    this.#mp4 = readMp4(bytes);
    this.#decoder = new VideoDecoder({
      output: (frame) => {
        this.#frames.push(frame);
        this.#tellChange();
      },
      error: (failure) => {
        this.#failure = failure;
        this.#tellChange();
      },
    });
    this.#decoder.ondequeue = () => this.#tellChange();
    this.#decoder.configure(this.#mp4.config);
  }

  /** Whether frame `index` of `bytes` is still ahead here. */
  leadsTo(bytes: Uint8Array, index: number): boolean {
    return this.#bytes === bytes && index >= this.#next;
  }

  /** Pass all frames up to `index`, itself included. */
  async goTo(index: number, wish: VideoWish): Promise<void> {
    if (index >= this.#mp4.samples.length) throw new RangeError(`the chunk has no frame ${index}`);
    while (this.#next <= index) {
      const frame = this.#frames.shift();
      if (frame !== undefined) await this.#pass(frame, wish);
      else await this.#feed();
    }
  }

  close(): void {
    for (const frame of this.#frames) frame.close();
    this.#frames.length = 0;
    if (this.#decoder.state !== "closed") this.#decoder.close();
  }

  async #pass(frame: VideoFrame, wish: VideoWish): Promise<void> {
    const index = frame.timestamp;
    this.#next = index + 1;
    const wanted = wish.wanted(index);
    try {
      if (wanted === undefined) return;
      const { fit } = wanted;
      const size = fit && { resizeWidth: fit.width, resizeHeight: fit.height };
      wish.give(index, await createImageBitmap(frame, size ?? {}));
    } finally {
      frame.close();
    }
  }

  /** Hand over the next encoded frame, or wait until the decoder has done something. */
  async #feed(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const changed = new Promise<void>((resolve) => {
      this.#tellChange = resolve;
    });
    const sample = this.#mp4.samples[this.#fed];
    if (sample === undefined) {
      if (this.#isFlushed) throw new NotReadable(`frame ${this.#next} never came`);
      this.#isFlushed = true;
      await this.#decoder.flush();
    } else if (this.#decoder.decodeQueueSize >= QUEUED) await changed;
    else {
      const type = sample.isKey ? "key" : "delta";
      // Its place in the chunk for a time: so no clock comes between a frame and its number.
      this.#decoder.decode(new EncodedVideoChunk({ type, timestamp: this.#fed, data: sample.bytes }));
      this.#fed += 1;
    }
  }
}
