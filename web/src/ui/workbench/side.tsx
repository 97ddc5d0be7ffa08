import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { type Cid, isShape, type Label } from "../../core/model";
import { t } from "../../i18n";
import { AttributePanel } from "./attributes";
import { LabelPicker } from "./label-picker";
import { LabelsPanel } from "./labels-panel";
import { ModeSwitch } from "./mode-switch";
import { ObjectList } from "./object-list";
import { SideTabs } from "./side-tabs";
import { TagPanel } from "./tag-panel";
import { useCalm } from "./use-calm";
import type { Workbench } from "./workbench";

/** The panels at the side: labels, objects of the frame, and what the selected ones are; or the issues of the job. */
export function Side({ bench }: { bench: Workbench }): JSX.Element {
  const review = bench.review.value;
  const showsIssues = review?.tab.value === "issues";
  const { tags, text, tools } = bench.mode.value;
  return (
    // What is pressed here is meant for the frame that is seen.
    <aside class="side" aria-label={t("workbench.side")} onPointerDown={() => bench.playing.stop()}>
      <ModeSwitch bench={bench} />
      {review !== undefined && <SideTabs review={review} />}
      {review !== undefined && showsIssues ? (
        <review.parts.Panel review={review} />
      ) : (
        <>
          {tags ? <TagPanel bench={bench} /> : tools.length > 0 && <Labels bench={bench} />}
          <Objects key={text} bench={bench} />
          {(!tags || hasFacts(bench)) && <Attributes bench={bench} />}
        </>
      )}
    </aside>
  );
}

/** Whether what is selected has more to tell than its label: a tag of a plain label has not. */
function hasFacts({ labels, selectedObjects }: Workbench): boolean {
  return selectedObjects.value.some(
    (object) => isShape(object) || (labels.value.get(object.labelId)?.attributes.length ?? 0) > 0,
  );
}

// Each panel by itself, and its functions the same for ever: what did not change is not drawn again.

function Labels({ bench }: { bench: Workbench }): JSX.Element {
  const acts = useMemo(() => {
    const cidsOf = (label: Label) =>
      bench.shapes.value.filter((shape) => shape.labelId === label.id).map(({ cid }) => cid);
    return {
      arm: (label: Label) => bench.setLabel(label, "next"),
      hide: (label: Label, on: boolean) => bench.marks.set("hidden", cidsOf(label), on),
      lock: (label: Label, on: boolean) => bench.marks.set("locked", cidsOf(label), on),
    };
  }, [bench]);
  return (
    <LabelsPanel
      labels={bench.labels}
      digits={bench.labelChoice.digits.value}
      shapes={useCalm(bench.shapes, bench.playing.isOn)}
      hidden={bench.marks.hidden}
      locked={bench.marks.locked}
      armed={bench.labelChoice.next}
      {...acts}
    />
  );
}

function Objects({ bench }: { bench: Workbench }): JSX.Element {
  const acts = useMemo(
    () => ({
      select: (cids: readonly Cid[]) => bench.select(cids),
      hover: (cid: Cid | undefined) => {
        bench.hovered.value = cid;
      },
      reveal: (cid: Cid) => {
        bench.reveal(cid);
        if (bench.typing.subject.value?.key === cid) bench.typing.ask();
      },
      hide: (cids: readonly Cid[], on: boolean) => bench.marks.set("hidden", cids, on),
      lock: (cids: readonly Cid[], on: boolean) => bench.marks.set("locked", cids, on),
      remove: (cids: readonly Cid[]) =>
        bench.edit.remove(
          bench.objects.value.filter(({ cid }) => cids.includes(cid)),
          "locked",
        ),
    }),
    [bench],
  );
  const invitesNobody = useComputed(() => bench.fixed.value || bench.mode.value.tools.length === 0);
  return (
    <ObjectList
      objects={useCalm(bench.objects, bench.playing.isOn)}
      showsTexts={bench.mode.value.text !== "none"}
      ownOrder={bench.mode.value.text === "shape" ? "reading" : "top"}
      labels={bench.labels}
      selected={bench.selected}
      hovered={bench.hovered}
      hidden={bench.marks.hidden}
      locked={bench.marks.locked}
      fixed={invitesNobody}
      {...acts}
    />
  );
}

function Attributes({ bench }: { bench: Workbench }): JSX.Element {
  const objects = bench.selectedObjects.value;
  return (
    <AttributePanel
      objects={objects}
      labels={bench.labels.value}
      pickLabel={() => {
        bench.picking.value = "active";
      }}
      setOccluded={(occluded) => bench.edit.setOccluded(occluded)}
      change={(change) => bench.edit.setAttribute(change)}
      readOnly={bench.fixed.value || objects.some((object) => bench.marks.isLocked(object))}
    />
  );
}

/** The search for a label, where the pointer is. */
export function Picker({ bench }: { bench: Workbench }): JSX.Element {
  const { picking } = bench;
  const open = useComputed(() => picking.value !== undefined);
  const current = useComputed(() => {
    if (picking.value === "next") return bench.labelChoice.next.value;
    if (picking.value === "tag") return [...bench.tagging.given.value][0];
    const [first, ...others] = bench.selectedObjects.value;
    return first === undefined || others.some(({ labelId }) => labelId !== first.labelId)
      ? bench.labelChoice.next.value
      : first.labelId;
  });
  return (
    <LabelPicker
      open={open}
      labels={bench.labels}
      digits={bench.labelChoice.digits.value}
      recent={bench.labelChoice.recent}
      current={current}
      place={() => bench.stage?.toClient(bench.tools.at) ?? { x: 0, y: 0 }}
      choose={(label) => bench.setLabel(label, picking.value)}
      create={bench.job.mayEditLabels ? (name) => bench.createLabel(name, picking.value) : undefined}
      close={() => {
        picking.value = undefined;
      }}
    />
  );
}
