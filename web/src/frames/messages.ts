/** What the page and its frame worker say to each other. */

/** What a task was made of, and as what the chunks of its video are asked for. */
export type Medium =
  | { readonly name: "images" }
  | { readonly name: "video"; readonly chunks: "imageset" | "video" };

/** The first message to the worker. */
export interface Opening {
  readonly type: "open";
  /** Address of the task's data, without a query. */
  readonly address: string;
  readonly medium: Medium;
  readonly chunkSize: number;
  /** Compressed chunks kept in memory. */
  readonly limitBytes: number;
}

/** What is wanted from now on; whatever an earlier plan wanted and this one does not is dropped. */
export interface Plan {
  readonly type: "plan";
  /** Rises with each plan; failures name it, so that an old one is not taken for the answer to a new question. */
  readonly generation: number;
  /** Pictures that have come so far: what the worker gave after these is on its way, and wanted no second time. */
  readonly received: number;
  /** Somebody waits for this frame. */
  readonly now: Wanted | undefined;
  /** To be decoded ahead, in this order. */
  readonly ahead: readonly Wanted[];
  /** Somebody would like a small picture of this frame, when nobody waits for another. */
  readonly glimpse: Wanted | undefined;
  /** To be fetched ahead, in this order. */
  readonly chunks: readonly number[];
  readonly headers: Readonly<Record<string, string>>;
}

export interface Wanted {
  readonly frame: number;
  /** Decode to this size instead of the picture's own, because that would be too large. */
  readonly fit?: Size;
  /** On the way to another one: its chunk is not wanted for it. */
  readonly isPassing?: true;
  /** In its full size: alone, since chunks of videos have it smaller. */
  readonly isWhole?: true;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Answer =
  | {
      readonly type: "picture";
      readonly frame: number;
      readonly bitmap: ImageBitmap;
      /** Whether it came alone, with all the pixels the server gives. */
      readonly isWhole: boolean;
    }
  /** A small picture; undefined: it cannot be had. */
  | { readonly type: "glimpse"; readonly frame: number; readonly bitmap: ImageBitmap | undefined }
  /** The frame somebody waits for cannot be had. Frames ahead fail in silence: they are tried again when asked for. */
  | {
      readonly type: "failed";
      readonly frame: number;
      readonly generation: number;
      readonly problem: Problem;
    };

export type Problem =
  /** The server answered with a status that is no success; `body` is its text, not decoded. */
  | { readonly name: "refused"; readonly status: number; readonly body: string }
  | { readonly name: "unreachable" }
  | { readonly name: "undecodable" };
