import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { loadPinyin, needsPinyin, type PinyinIndex } from "../../core/label-search";
import type { Label } from "../../core/model";

/** The pinyin of `labels`, fetched once it is `wanted`; undefined until it is there, and where no label is Chinese. */
export function usePinyin(labels: readonly Label[], wanted: boolean): PinyinIndex | undefined {
  const pinyin = useSignal<PinyinIndex | undefined>(undefined);
  useEffect(() => {
    if (!wanted || !needsPinyin(labels)) return;
    let isCurrent = true;
    loadPinyin(labels).then(
      (index) => {
        if (isCurrent) pinyin.value = index;
      },
      // Offline: names are found by their characters, and the next time asks again.
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [labels, wanted, pinyin]);
  return pinyin.value;
}
