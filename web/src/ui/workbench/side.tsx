import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { AttributePanel } from "./attributes";
import { LabelPicker } from "./label-picker";
import { LabelsPanel } from "./labels-panel";
import { ObjectList } from "./object-list";
import type { Workbench } from "./workbench";

/** The panels at the side: labels, objects of the frame, and what the selected ones are. */
export function Side({ bench }: { bench: Workbench }): JSX.Element {
  const { edit } = bench;
  const shapesOf = (labelId: number) => bench.shapes.value.filter((shape) => shape.labelId === labelId);
  return (
    <aside class="side" aria-label={t("workbench.side")}>
      <LabelsPanel
        labels={bench.labels}
        digits={bench.labelChoice.digits.value}
        shapes={bench.shapes}
        hidden={bench.marks.hidden}
        locked={bench.marks.locked}
        armed={bench.labelChoice.next}
        arm={(label) => bench.setLabel(label, "next")}
        hide={(label, on) =>
          bench.marks.set(
            "hidden",
            shapesOf(label.id).map(({ cid }) => cid),
            on,
          )
        }
        lock={(label, on) =>
          bench.marks.set(
            "locked",
            shapesOf(label.id).map(({ cid }) => cid),
            on,
          )
        }
      />
      <ObjectList
        shapes={bench.shapes}
        labels={bench.labels}
        selected={bench.selected}
        hovered={bench.hovered}
        hidden={bench.marks.hidden}
        locked={bench.marks.locked}
        select={(cids) => bench.select(cids)}
        hover={(cid) => {
          bench.hovered.value = cid;
        }}
        reveal={(cid) => bench.reveal(cid)}
        hide={(cids, on) => bench.marks.set("hidden", cids, on)}
        lock={(cids, on) => bench.marks.set("locked", cids, on)}
        remove={(cids) => edit.remove(bench.shapes.value.filter((shape) => cids.includes(shape.cid)))}
      />
      <AttributePanel
        shapes={bench.selectedShapes.value}
        labels={bench.labels.value}
        pickLabel={() => {
          bench.pickerOpen.value = true;
        }}
        setOccluded={(occluded) => edit.setOccluded(occluded)}
        change={(change) => edit.setAttribute(change)}
        readOnly={
          bench.sync.readOnly.value ||
          bench.selectedShapes.value.some(({ cid }) => bench.marks.locked.value.has(cid))
        }
      />
    </aside>
  );
}

/** The search for a label, where the pointer is. */
export function Picker({ bench }: { bench: Workbench }): JSX.Element {
  const current = useComputed(() => {
    const [first, ...others] = bench.selectedShapes.value;
    return first === undefined || others.some((shape) => shape.labelId !== first.labelId)
      ? bench.labelChoice.next.value
      : first.labelId;
  });
  return (
    <LabelPicker
      open={bench.pickerOpen}
      labels={bench.labels}
      digits={bench.labelChoice.digits.value}
      recent={bench.labelChoice.recent}
      current={current}
      place={() => bench.stage?.toClient(bench.tools.at) ?? { x: 0, y: 0 }}
      choose={(label) => bench.setLabel(label)}
      create={bench.job.mayEditLabels ? (name) => bench.createLabel(name) : undefined}
      close={() => {
        bench.pickerOpen.value = false;
      }}
    />
  );
}
