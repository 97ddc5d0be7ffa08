import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { loadPinyin, needsPinyin, type PinyinIndex } from "../../core/label-search";
import type { Label } from "../../core/model";

/** `isAwaited` while it is being fetched: what a search finds without it is not the last word. */
export interface Pinyin {
  readonly index: PinyinIndex | undefined;
  readonly isAwaited: boolean;
}

/** The pinyin of `labels`, fetched once it is `wanted`; none where no label is Chinese. */
export function usePinyin(labels: readonly Label[], wanted: boolean): Pinyin {
  const pinyin = useSignal<PinyinIndex | undefined>(undefined);
  const failed = useSignal(false);
  const isNeeded = wanted && needsPinyin(labels);
  useEffect(() => {
    if (!isNeeded) return;
    let isCurrent = true;
    failed.value = false;
    loadPinyin(labels).then(
      (index) => {
        if (isCurrent) pinyin.value = index;
      },
      // Offline: names are found by their characters, and the next time asks again.
      () => {
        if (isCurrent) failed.value = true;
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [labels, isNeeded, pinyin, failed]);
  return { index: pinyin.value, isAwaited: isNeeded && pinyin.value === undefined && !failed.value };
}
