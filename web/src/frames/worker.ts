/** The worker that fetches, unpacks and decodes frames, so that the page stays free to draw. */

import { FrameLoader } from "./loader";
import type { Answer, Opening, Plan } from "./messages";
import { VideoChunks } from "./video-chunks";

let loader: FrameLoader | undefined;

self.onmessage = ({ data }: MessageEvent<Opening | Plan>) => {
  if (data.type === "plan") loader?.follow(data);
  else {
    const clock = () => performance.now();
    loader = new FrameLoader(data, { decode, video: new VideoChunks(), answer, clock });
  }
};

function decode(jpeg: Blob, fit: { width: number; height: number } | undefined): Promise<ImageBitmap> {
  if (fit === undefined) return createImageBitmap(jpeg);
  return createImageBitmap(jpeg, {
    resizeWidth: fit.width,
    resizeHeight: fit.height,
    resizeQuality: "medium",
  });
}

function answer(message: Answer): void {
  self.postMessage(message, {
    transfer: message.type === "failed" || message.bitmap === undefined ? [] : [message.bitmap],
  });
}
