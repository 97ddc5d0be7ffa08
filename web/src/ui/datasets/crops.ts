/** Cutting objects out of images into a new dataset (platform contract, 9), followed to its end. */

import { Unreachable } from "../../api";
import { t } from "../../i18n";
import { type CropState, readCrop, startCrop } from "./wire";
import { type AnnotationType, annotationTypeOf } from "./words";

export interface CropWish {
  readonly taskId: number;
  readonly label: string;
  /** What the new dataset is for. */
  readonly type: AnnotationType;
  /** How much of its width and height is added around each object, as a fraction. */
  readonly padding: number;
  /** "" lets the server choose. */
  readonly name: string;
}

export interface Cropped {
  readonly datasetId: number;
  readonly count: number;
  /** Objects that have no area in their image. */
  readonly skipped: number;
  /** Frames that are deleted: nothing on them was cut out. */
  readonly deletedFrames: number;
}

const POLL_MS = 500;

/** What cut out objects are for: texts are read, all else is told apart. */
export function defaultCropType(source: string): AnnotationType {
  return annotationTypeOf(source)?.startsWith("ocr") ? "ocr_recognition" : "image_classification";
}

/** Have the objects cut out; answers what became of them. Raises ApiError, and Error with the server's sentence. */
export async function cropDataset(
  datasetId: number,
  wish: CropWish,
  onProgress: (state: Pick<CropState, "progress" | "message">) => void,
): Promise<Cropped> {
  const { operation } = await startCrop(datasetId, {
    task_id: wish.taskId,
    label: wish.label,
    annotType: wish.type,
    padding: wish.padding,
    ...(wish.name === "" ? {} : { name: wish.name }),
  });
  for (;;) {
    // A server that does not answer goes on with it when it is back.
    const now = await readCrop(datasetId, operation).catch((error: unknown) => {
      if (error instanceof Unreachable) return undefined;
      throw error;
    });
    if (now?.state === "finished" && now.dataset_id !== null)
      return {
        datasetId: now.dataset_id,
        count: now.items ?? 0,
        skipped: now.skipped ?? 0,
        deletedFrames: now.deleted_frames ?? 0,
      };
    if (now?.state === "failed" || now?.state === "cancelled")
      throw new Error(now.message || t("crop.failed.unknown"));
    onProgress(now ?? { progress: 0, message: t("server.silent.retrying") });
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
