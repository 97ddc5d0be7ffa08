import { useEffect, useRef } from "preact/hooks";

import { type Key, t } from "../../i18n";
import { confirm } from "../kit/confirm";
import { guardLeaving } from "../routes";

/**
 * While the component is there, the browser and our links ask before they cut off what `running` answers: an upload, or
 * what follows it. `lost` says what becomes of it.
 */
export function useUploadGuard(
  running: () => AbortController | undefined,
  lost: Key = "create.leave.text",
): void {
  const newest = useRef(running);
  newest.current = running;
  useEffect(() => guardUpload(() => newest.current(), lost), [lost]);
}

function guardUpload(running: () => AbortController | undefined, lost: Key): () => void {
  return guardLeaving({
    hasWork: () => running() !== undefined,
    mayLeave: async () => {
      const agreed = await confirm({
        title: t("create.leave.title"),
        body: <p>{t(lost)}</p>,
        action: t("create.leave"),
        cancel: t("create.stay"),
        tone: "danger",
      });
      if (agreed) running()?.abort();
      return agreed;
    },
  });
}
