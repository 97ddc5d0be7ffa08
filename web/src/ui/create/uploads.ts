/** Files sent for a task, and kept there: many small ones at a time, large ones in pieces, through lost connections. */

import { ApiError, Unreachable } from "../../api";
import { t } from "../../i18n";
import { callSignedIn, withSignIn } from "../../session";
import { sendBody } from "../../upload";
import { EarlierFile, type Named } from "./files";

/** A file as the server keeps it; whole when all its bytes were received. */
export interface WireUpload {
  readonly id: string;
  readonly path: string;
  readonly size: number;
  readonly received: number;
}

/** What was asked to be made of files last. */
export interface WireAsked {
  readonly image_quality: number;
  readonly chunk_size: number | null;
  readonly start_frame: number;
  readonly stop_frame: number | null;
  readonly frame_filter: string;
  readonly client_files: readonly string[];
  readonly server_files: readonly string[];
  readonly remote_files: readonly string[];
  readonly use_zip_chunks: boolean;
  readonly copy_data: boolean;
}

export interface WireUploads {
  readonly uploads: readonly WireUpload[];
  readonly request: WireAsked | null;
}

export const readUploads = (taskId: number): Promise<WireUploads> =>
  callSignedIn<WireUploads>("GET", `/tasks/${taskId}/uploads`);

export interface UploadOptions {
  readonly signal: AbortSignal;
  /** Called with the bytes and files that have left so far; `isLost` while the server is waited for. */
  readonly onSent: (sentBytes: number, sentFiles: number, isLost: boolean) => void;
  /** Holds the upload up while it is shut. */
  readonly gate?: Gate;
}

/** What holds an upload up: shut, nothing leaves, and what is on its way is called back. */
export class Gate {
  #opened: Promise<void> | undefined;
  #open: () => void = () => {};
  #hold = new AbortController();

  get isShut(): boolean {
    return this.#opened !== undefined;
  }

  /** Aborted when the gate is shut. */
  get signal(): AbortSignal {
    return this.#hold.signal;
  }

  shut(): void {
    if (this.isShut) return;
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
    this.#hold.abort();
  }

  open(): void {
    this.#hold = new AbortController();
    this.#opened = undefined;
    this.#open();
  }

  async passed(): Promise<void> {
    await this.#opened;
  }
}

/** Files up to so many bytes go together, in one request of about as many. */
const SMALL = 4 * 2 ** 20;
const FILES_AT_ONCE = 200;
/** Bytes of a large file in one request: what a proxy may hold back, and is lost with the connection at most. */
const PIECE = 16 * 2 ** 20;
/** Requests under way at once: one leaves while the server writes the other down. */
const LANES = 2;
const PATIENCE_MS = 30_000;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;
const TUS = { "Tus-Resumable": "1.0.0" };

/**
 * Send the files for the task that are not there yet; answers the ids of all, in their order. A lost connection is
 * waited for, and the upload goes on where it stood.
 *
 * Raises ApiError when the server refuses a file, AbortError, and Error for a file that can no longer be read.
 */
export async function uploadFiles(
  taskId: number,
  files: readonly Named[],
  options: UploadOptions,
): Promise<readonly string[]> {
  const upload = new Uploading(taskId, options);
  await upload.run(files);
  return files.map((file) => upload.idOf(file));
}

class Uploading {
  readonly #path: string;
  readonly #options: UploadOptions;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #ids = new Map<string, string>();
  /** Large files that came in part. */
  readonly #begun = new Map<string, WireUpload>();
  /** Bytes of large files that are counted as sent. */
  readonly #counted = new Map<string, number>();
  /** Bytes of requests under way. */
  readonly #flying = new Map<object, number>();
  #sentBytes = 0;
  #sentFiles = 0;
  #isLost = false;

  constructor(taskId: number, options: UploadOptions) {
    this.#path = `/tasks/${taskId}/uploads`;
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
  }

  idOf(file: Named): string {
    const id = this.#ids.get(identityOf(file));
    if (id === undefined) throw new Error(t("create.file-gone", { name: file.name }));
    return id;
  }

  async run(files: readonly Named[]): Promise<void> {
    const missing = await this.#survive(() => this.#learn(files));
    const waiting = parcelsOf(missing);
    const lane = async (): Promise<void> => {
      for (let parcel = waiting.shift(); parcel !== undefined; parcel = waiting.shift())
        await this.#deliver(parcel);
    };
    try {
      await Promise.all(Array.from({ length: LANES }, lane));
    } catch (error) {
      this.#stop.abort();
      throw error;
    }
  }

  /** Ask what is there; answers which of `files` are not. */
  async #learn(files: readonly Named[]): Promise<readonly Named[]> {
    const { uploads } = await this.#ask<WireUploads>("GET", this.#path);
    for (const each of uploads) {
      if (each.received === each.size) this.#ids.set(identity(each.path, each.size), each.id);
      else this.#begun.set(identity(each.path, each.size), each);
    }
    const missing = files.filter((file) => !this.#ids.has(identityOf(file)));
    const gone = missing.find(({ file }) => file instanceof EarlierFile);
    if (gone !== undefined) throw new Error(t("create.file-gone", { name: gone.name }));
    this.#count(
      sizeOf(files) - sizeOf(missing) + this.#standingBytes(missing),
      files.length - missing.length,
    );
    return missing;
  }

  /** The bytes of large files that came in part; from now on they count as sent. */
  #standingBytes(files: readonly Named[]): number {
    let sum = 0;
    for (const file of files) {
      const { received } = this.#begun.get(identityOf(file)) ?? { received: 0 };
      if (file.file.size <= SMALL || received === 0) continue;
      sum += received - (this.#counted.get(identityOf(file)) ?? 0);
      this.#counted.set(identityOf(file), received);
    }
    return sum;
  }

  #ask<Result>(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Result> {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(PATIENCE_MS)]);
    return callSignedIn<Result>(method, path, { headers, signal });
  }

  async #deliver(parcel: readonly Named[]): Promise<void> {
    const [first] = parcel;
    if (first === undefined) return;
    if (first.file.size > SMALL) await this.#survive(() => this.#sendLarge(first), parcel);
    else {
      let rest = parcel;
      let isFirst = true;
      await this.#survive(async () => {
        // Of what was on its way when the connection was lost, some may have come.
        if (!isFirst) rest = await this.#learn(rest);
        isFirst = false;
        if (rest.length > 0) await this.#sendSmall(rest);
      }, parcel);
    }
  }

  async #sendSmall(files: readonly Named[]): Promise<void> {
    const form = new FormData();
    for (const [index, { file, name }] of files.entries()) {
      form.append(`paths[${index}]`, name);
      form.append(`files[${index}]`, bytesOf(file), "file");
    }
    const sent = (await this.#send("POST", this.#path, form, sizeOf(files))) as readonly WireUpload[];
    for (const each of sent) this.#ids.set(identity(each.path, each.size), each.id);
    this.#count(sizeOf(files), files.length);
  }

  async #sendLarge(file: Named): Promise<void> {
    let upload = await this.#standing(file);
    this.#begun.set(identityOf(file), upload);
    this.#countLarge(file, upload.received);
    const bytes = bytesOf(file.file);
    while (upload.received < upload.size) {
      const end = Math.min(upload.size, upload.received + PIECE);
      await this.#send(
        "PATCH",
        `${this.#path}/${upload.id}`,
        bytes.slice(upload.received, end),
        end - upload.received,
        {
          ...TUS,
          "Content-Type": "application/offset+octet-stream",
          "Upload-Offset": String(upload.received),
        },
      );
      this.#countLarge(file, end);
      upload = { ...upload, received: end };
    }
    this.#ids.set(identityOf(file), upload.id);
    this.#count(0, 1);
  }

  #countLarge(file: Named, received: number): void {
    this.#count(received - (this.#counted.get(identityOf(file)) ?? 0), 0);
    this.#counted.set(identityOf(file), received);
  }

  /** How far the large file has come; a place for it is made when nothing of it has. */
  async #standing(file: Named): Promise<WireUpload> {
    const begun = this.#begun.get(identityOf(file));
    if (begun !== undefined) {
      try {
        return await this.#ask<WireUpload>("GET", `${this.#path}/${begun.id}`);
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
        this.#begun.delete(identityOf(file));
      }
    }
    const headers = {
      ...TUS,
      "Upload-Length": String(file.file.size),
      "Upload-Metadata": `filename ${base64(file.name)}`,
    };
    const [upload] = await this.#ask<readonly WireUpload[]>("POST", this.#path, headers);
    if (upload === undefined) throw new Error(t("create.failed.unknown"));
    return upload;
  }

  async #send(
    method: "POST" | "PATCH",
    path: string,
    body: FormData | Blob,
    size: number,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<unknown> {
    const { gate } = this.#options;
    const flight = {};
    const signal = gate === undefined ? this.#signal : AbortSignal.any([this.#signal, gate.signal]);
    const onSent = (bytes: number): void => {
      this.#flying.set(flight, Math.min(bytes, size));
      this.#isLost = false;
      this.#tell();
    };
    try {
      const answer = await withSignIn(() =>
        sendBody(method, path, body, { headers, signal, onSent, patienceMs: PATIENCE_MS }),
      );
      return answer.body;
    } finally {
      this.#flying.delete(flight);
    }
  }

  /** Do `request`, again and again while nobody answers or the gate is shut. `files` are those it sends. */
  async #survive<Result>(request: () => Promise<Result>, files: readonly Named[] = []): Promise<Result> {
    const { gate } = this.#options;
    const signal = this.#signal;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)) {
      await gate?.passed();
      signal.throwIfAborted();
      try {
        const result = await request();
        this.#isLost = false;
        return result;
      } catch (error) {
        signal.throwIfAborted();
        if (gate?.isShut || isAborted(error)) continue;
        if (!isPassing(error)) throw error;
        for (const { file, name } of files) await see(file, name);
        this.#isLost = true;
        this.#tell();
        await pause(waitMs, signal);
      }
    }
  }

  #count(bytes: number, files: number): void {
    this.#sentBytes += bytes;
    this.#sentFiles += files;
    this.#tell();
  }

  #tell(): void {
    const flying = [...this.#flying.values()].reduce((sum, bytes) => sum + bytes, 0);
    this.#options.onSent(this.#sentBytes + flying, this.#sentFiles, this.#isLost);
  }
}

/** What goes in one request each: a large file alone, small ones together. */
export function parcelsOf(files: readonly Named[]): (readonly Named[])[] {
  const parcels: Named[][] = [];
  let open: Named[] = [];
  let size = 0;
  for (const file of files) {
    if (file.file.size > SMALL) {
      parcels.push([file]);
      continue;
    }
    if (open.length === FILES_AT_ONCE || size + file.file.size > SMALL) {
      open = [];
      size = 0;
    }
    if (open.length === 0) parcels.push(open);
    open.push(file);
    size += file.file.size;
  }
  return parcels;
}

/** What tells one file of a task from another: a path alone may be sent again with other bytes. */
const identity = (path: string, size: number): string => `${path}\n${size}`;
const identityOf = ({ file, name }: Named): string => identity(name, file.size);
const sizeOf = (files: readonly Named[]): number => files.reduce((sum, { file }) => sum + file.size, 0);

function bytesOf(file: File | EarlierFile): Blob {
  if (file instanceof EarlierFile) throw new Error(t("create.file-gone", { name: file.name }));
  return file;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** Whether the same may do later: nobody answered, a proxy's server is away, or another request was first. */
function isPassing(error: unknown): boolean {
  if (error instanceof Unreachable) return true;
  return error instanceof ApiError && [409, 429, 502, 503, 504].includes(error.status);
}

const isAborted = (error: unknown): boolean => error instanceof DOMException && error.name === "AbortError";

/** Browsers do not say why nothing left: a file that was changed or deleted meanwhile can never leave. */
async function see(file: File | EarlierFile, name: string): Promise<void> {
  try {
    await bytesOf(file).slice(0, 1).arrayBuffer();
  } catch {
    throw new Error(t("create.file-changed", { name }));
  }
}

/** Wait so long, or until the browser says that it is online again. */
function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    const end = (): void => {
      clearTimeout(timer);
      done.abort();
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(end, waitMs);
    addEventListener("online", end, { signal: done.signal });
    signal.addEventListener("abort", end, { signal: done.signal });
  });
}
