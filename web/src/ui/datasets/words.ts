/** Kinds of annotation work, and the formats that go with them (platform contract, 3.2). */

import { type Key, t } from "../../i18n";

export const ANNOTATION_TYPES = [
  "image_classification",
  "object_detection",
  "image_segmentation",
  "ocr_detection",
  "ocr_recognition",
] as const;

export type AnnotationType = (typeof ANNOTATION_TYPES)[number];

/** The format that annotations of a type come and go in unless another is chosen. */
export const FORMATS: Readonly<Record<AnnotationType, string>> = {
  image_classification: "ImageNet 1.0",
  object_detection: "COCO 1.0",
  image_segmentation: "COCO 1.0",
  ocr_detection: "OCR DETECTION 1.0",
  ocr_recognition: "OCR RECOGNITION 1.0",
};

export function annotationTypeOf(text: string): AnnotationType | undefined {
  return ANNOTATION_TYPES.find((each) => each === text);
}

/** What a type is called; another catalogue may know more of them than we have words for. */
export function typeName(type: string): string {
  const known = annotationTypeOf(type);
  return known === undefined ? type : t(`annotation-type.${known}`);
}

export const STATUSES = ["unlabeled", "labeling", "labeled"] as const;

/** What a dataset's status is called; of those we know none, the catalogue's own word. */
export function statusName(status: string): string {
  const known = STATUSES.find((each) => each === status);
  return known === undefined ? status : t(`dataset.status.${known}` satisfies Key);
}
