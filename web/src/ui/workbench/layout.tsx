import { useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { Conflicts } from "../conflicts";
import { confirm } from "../kit/confirm";
import { guardLeaving, setQuery } from "../routes";
import { DeletedVeil } from "./deleted-veil";
import { Help } from "./help";
import { listenToKeys } from "./keys";
import { RelatedPanel } from "./related-panel";
import { Picker, Side } from "./side";
import { StageHost } from "./stage-host";
import { StatusLine } from "./status-line";
import { TagChips } from "./tag-chips";
import { TextBar } from "./text-bar";
import { Timeline } from "./timeline";
import { Toolbar } from "./toolbar";
import { TopBar } from "./top-bar";
import type { Workbench } from "./workbench";

/** Milliseconds a frame must stay before the address bar names it: browsers refuse too many changes. */
const SETTLED_MS = 300;

/** The workbench in the page: bars around the picture, and what belongs to the whole window. */
export function Layout({ bench }: { bench: Workbench }): JSX.Element {
  useEffect(() => listenToKeys(bench), [bench]);
  useEffect(() => guardUnsaved(bench), [bench]);
  useFrameInAddress(bench);
  return (
    <div class="workbench">
      <TopBar bench={bench} />
      <Toolbar bench={bench} />
      <StageHost bench={bench}>
        <DeletedVeil bench={bench} />
        <TagChips bench={bench} />
        <RelatedPanel bench={bench} />
        <Conflicts
          sync={bench.sync}
          labels={bench.labels.value}
          onShow={(cid, frame) => bench.show(cid, frame)}
        />
      </StageHost>
      <TextBar bench={bench} />
      <Timeline bench={bench} />
      <Side bench={bench} />
      <StatusLine bench={bench} />
      <Picker bench={bench} />
      <ReviewParts bench={bench} />
      <Help bench={bench} />
    </div>
  );
}

/** What a review shows above the picture and the page, once its code is there. */
function ReviewParts({ bench }: { bench: Workbench }): JSX.Element | null {
  const review = bench.review.value;
  return review === undefined ? null : <review.parts.Floating review={review} />;
}

/** What has not reached the server keeps the page, unless the person wants to go. */
function guardUnsaved(bench: Workbench): () => void {
  return guardLeaving({
    hasWork: () => bench.sync.waiting.value > 0,
    mayLeave: async () => {
      await bench.sync.saveNow();
      const count = bench.sync.waiting.value;
      return (
        count === 0 ||
        confirm({
          title: t("workbench.leave.title"),
          body: t("workbench.leave.text", { count }),
          action: t("workbench.leave"),
          cancel: t("workbench.stay"),
        })
      );
    },
  });
}

/** Keep the frame in the address, so that a reload or a copied link comes back to it. */
function useFrameInAddress(bench: Workbench): void {
  useSignalEffect(() => {
    const frame = bench.navigation.wanted.value;
    const timer = setTimeout(() => setQuery({ frame }), SETTLED_MS);
    return () => clearTimeout(timer);
  });
}
