/** A server, a decoder and a worker without a browser: the edges of the frames' own code. */

import { zipSync } from "fflate";
import { vi } from "vitest";
import { FrameLoader, type VideoEdge } from "../src/frames/loader";
import type { Answer, Opening, Plan } from "../src/frames/messages";
import { type FrameWorker, openTaskFrames, type TaskFramesOptions } from "../src/frames/task-frames";

export const CHUNK_SIZE = 4;
export const SIZE = 12;
const SIDE = 10;
/** What one decoded frame takes. */
export const FRAME_BYTES = SIDE * SIDE * 4;

interface Request {
  /** As in `chunk 0`, `frame 3`. */
  readonly name: string;
  readonly aborted: () => boolean;
}

export class World {
  readonly requests: Request[] = [];
  /** Answers instead of success, by the request's name; "lost" is no answer at all. */
  readonly refusals = new Map<string, readonly [status: number, body: unknown] | "lost" | "garbled">();
  /** Requests that are not answered before they are let go. */
  readonly held = new Map<string, () => void>();
  readonly hold = new Set<string>();
  readonly undecodable = new Set<number>();
  readonly decoded: number[] = [];
  readonly closed: number[] = [];
  /** Decodes chunks that are videos; none are unless a test asks for them. */
  video: VideoEdge = { decode: () => Promise.reject(new Error("no video")) };
  language: string | null = null;
  time = 0;
  workers = 0;

  constructor() {
    vi.stubGlobal("document", { cookie: "" });
    vi.stubGlobal("fetch", (address: string, init: RequestInit) => this.#serve(address, init));
  }

  open(options: Partial<TaskFramesOptions> = {}) {
    return openTaskFrames({
      taskId: 7,
      medium: { name: "images" },
      chunkSize: CHUNK_SIZE,
      sizeOf: () => ({ width: SIDE, height: SIDE }),
      first: 0,
      last: SIZE - 1,
      startWorker: () => this.#startWorker(),
      ...options,
    });
  }

  names(): string[] {
    return this.requests.map(({ name }) => name);
  }

  release(name: string): void {
    this.hold.delete(name);
    this.held.get(name)?.();
  }

  async #serve(address: string, init: RequestInit): Promise<Response> {
    const query = new URL(address, "http://server").searchParams;
    const [type, number] = [query.get("type"), Number(query.get("number"))];
    const as = query.get("as");
    const name = `${type} ${number}${as === null ? "" : ` as ${as}`}`;
    const signal = init.signal as AbortSignal;
    this.language = new Headers(init.headers).get("Labelwright-Language");
    this.requests.push({ name, aborted: () => signal.aborted });
    if (this.hold.has(name)) await this.#untilReleased(name, signal);
    const refusal = this.refusals.get(name);
    if (refusal === "lost") throw new TypeError("Failed to fetch");
    if (refusal === "garbled") return new Response("PK but no zip");
    if (refusal !== undefined) return new Response(JSON.stringify(refusal[1]), { status: refusal[0] });
    return new Response(type === "chunk" ? packChunk(number) : String(number));
  }

  #untilReleased(name: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.held.set(name, resolve);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  }

  #startWorker(): FrameWorker {
    this.workers += 1;
    let loader: FrameLoader | undefined;
    const worker: FrameWorker = {
      onmessage: null,
      onerror: null,
      terminate: () => undefined,
      postMessage: (message: Opening | Plan) => {
        if (message.type === "plan") loader?.follow(message);
        else
          loader = new FrameLoader(message, {
            decode: this.#decode,
            video: this.video,
            answer,
            clock: () => this.time,
          });
      },
    };
    const answer = (data: Answer) => worker.onmessage?.call(worker as Worker, { data } as MessageEvent);
    return worker;
  }

  readonly #decode = async (jpeg: Blob): Promise<ImageBitmap> => {
    const frame = Number(await jpeg.text());
    if (this.undecodable.has(frame)) throw new DOMException("no picture", "InvalidStateError");
    this.decoded.push(frame);
    return { width: SIDE, height: SIDE, close: () => this.closed.push(frame) };
  };
}

/** A zip whose members say their frame's number. */
function packChunk(number: number): BodyInit {
  const members = Array.from({ length: CHUNK_SIZE }, (_, index) => [
    `${String(index).padStart(6, "0")}.jpeg`,
    new TextEncoder().encode(String(number * CHUNK_SIZE + index)),
  ]);
  return zipSync(Object.fromEntries(members), { level: 0 }) as Uint8Array<ArrayBuffer>;
}
