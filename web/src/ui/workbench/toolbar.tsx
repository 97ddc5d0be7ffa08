import {
  Hexagon,
  ImageMinus,
  ImagePlus,
  Maximize,
  MessageSquarePlus,
  MousePointer2,
  Redo2,
  Square,
  Undo2,
  ZoomIn,
  ZoomOut,
} from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { IconButton } from "../kit/button";
import type { IconNode } from "../kit/icon";
import { COMMANDS, runCommand } from "./commands";
import { shownKey } from "./key-names";
import type { DrawingTool } from "./tool-runner";
import type { Workbench } from "./workbench";

const TOOLS: readonly { readonly id: "select" | DrawingTool; readonly icon: IconNode }[] = [
  { id: "select", icon: MousePointer2 },
  { id: "rectangle", icon: Square },
  { id: "polygon", icon: Hexagon },
];

/** The tools and what one does without leaving the picture, down the left side. */
export function Toolbar({ bench }: { bench: Workbench }): JSX.Element {
  const { undo, redo } = bench.history.state.value;
  const isReadOnly = bench.fixed.value;
  const own = bench.mode.value.tools;
  return (
    <nav class="toolbar" aria-label={t("workbench.tools")}>
      {TOOLS.filter(({ id }) => id === "select" || own.includes(id)).map(({ id, icon }) => (
        <CommandButton
          key={id}
          bench={bench}
          id={`tool.${id}`}
          icon={icon}
          pressed={bench.tools.id.value === id}
          disabled={isReadOnly && id !== "select"}
        />
      ))}
      {bench.review.value?.mayReview.value === true && (
        <CommandButton
          bench={bench}
          id="issue.start"
          icon={MessageSquarePlus}
          pressed={bench.tools.id.value === "issue"}
        />
      )}
      {own.length > 0 && <NextLabel bench={bench} />}
      <hr />
      <CommandButton
        bench={bench}
        id="undo"
        icon={Undo2}
        disabled={undo === undefined || isReadOnly}
        label={undo === undefined ? t("command.undo") : t("workbench.undo.of", { step: t(`step.${undo}`) })}
      />
      <CommandButton
        bench={bench}
        id="redo"
        icon={Redo2}
        disabled={redo === undefined || isReadOnly}
        label={redo === undefined ? t("command.redo") : t("workbench.redo.of", { step: t(`step.${redo}`) })}
      />
      <hr />
      <CommandButton bench={bench} id="zoom.in" icon={ZoomIn} />
      <CommandButton bench={bench} id="zoom.out" icon={ZoomOut} />
      <CommandButton bench={bench} id="fit" icon={Maximize} />
      <hr />
      <DeleteFrame bench={bench} />
    </nav>
  );
}

/** Takes the frame out of the work, or brings it back. */
function DeleteFrame({ bench }: { bench: Workbench }): JSX.Element {
  const isDeleted = bench.deleted.isHere.value;
  return (
    <CommandButton
      bench={bench}
      id="frame.delete"
      icon={isDeleted ? ImagePlus : ImageMinus}
      label={t(isDeleted ? "workbench.frame.restore" : "workbench.frame.delete")}
      disabled={bench.sync.readOnly.value}
    />
  );
}

/** The label the next object gets, to see and to change. */
function NextLabel({ bench }: { bench: Workbench }): JSX.Element {
  const label = bench.labelChoice.armed;
  const text = t("workbench.next-label", { label: label?.name ?? t("workbench.no-label-yet") });
  return (
    <button
      type="button"
      class="armed-label"
      style={{ "--label": label?.color ?? "transparent" }}
      aria-label={text}
      data-tip={text}
      onClick={() => {
        bench.picking.value = "next";
      }}
    >
      {label === undefined ? "?" : <span class="swatch" />}
    </button>
  );
}

export interface CommandButtonProps {
  readonly bench: Workbench;
  readonly id: string;
  readonly icon: IconNode;
  readonly label?: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
}

/** A button that runs a command of the table, named and hinted by it. */
export function CommandButton({
  bench,
  id,
  icon,
  label,
  pressed,
  disabled,
}: CommandButtonProps): JSX.Element {
  const command = COMMANDS.find((each) => each.id === id);
  if (command === undefined) throw new Error(`there is no command ${id}`);
  return (
    <IconButton
      icon={icon}
      label={label ?? t(command.text)}
      hint={shownKey(command.keys[0] ?? "")}
      disabled={disabled ?? false}
      {...(pressed === undefined ? {} : { pressed })}
      onClick={(event) => {
        runCommand(bench, command, false);
        // After a click, the next key is meant for the picture. Whoever came by keys goes on from here.
        if (event.detail > 0) event.currentTarget.blur();
      }}
    />
  );
}
