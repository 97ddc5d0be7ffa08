/** Every command of the workbench in one table: keys, buttons, tooltips and the help page read it. */

import type { Key } from "../../i18n";
import { goToArea } from "./areas";
import { finishJob } from "./finish";
import { MODE_COMMANDS } from "./mode-commands";
import { REVIEW_COMMANDS } from "./review-commands";
import type { ToolId } from "./tool-runner";
import { playOrStop, seek, stepBy } from "./travel";
import type { Workbench } from "./workbench";

/** Image pixels an arrow key moves a shape, alone and with Shift. */
const NUDGE = 1;
const NUDGE_FAR = 10;

export type Group = "draw" | "label" | "tag" | "text" | "edit" | "frame" | "review" | "view" | "job";

export interface Command {
  /** What buttons ask for it by. */
  readonly id: string;
  readonly text: Key;
  readonly group: Group;
  /**
   * As `Ctrl+Shift+Z`: letters and digits by their place on the keyboard, others by what they write. Ctrl stands
   * for Command on a Mac too.
   */
  readonly keys: readonly string[];
  /** Also while a key is held down. */
  readonly repeats?: boolean;
  /** When the key is let go, and was used for nothing else meanwhile: the key held down means something to the picture. */
  readonly onRelease?: boolean;
  /** Whether it applies now; another command of the same key may then. Always, if not given. */
  readonly when?: (bench: Workbench) => boolean;
  run(bench: Workbench, isRepeat: boolean): void;
}

const hasSelection = (bench: Workbench) => bench.selectedShapes.value.length > 0;
const hasShapes = (bench: Workbench) => bench.shapes.value.length > 0;

function tool(id: Exclude<ToolId, "issue">, key: string): Command {
  return {
    id: `tool.${id}`,
    text: `command.tool.${id}`,
    group: "draw",
    keys: [key],
    run: (bench) => bench.take(id),
  };
}

function nudge(key: string, dx: number, dy: number): Command {
  return {
    id: `nudge.${key}`,
    text: "command.nudge",
    group: "edit",
    keys: [key],
    repeats: true,
    when: hasSelection,
    run: (bench) => bench.edit.nudge(dx * NUDGE, dy * NUDGE),
  };
}

function nudgeFar(key: string, dx: number, dy: number): Command {
  const near = nudge(key, dx, dy);
  return {
    ...near,
    id: `nudge-far.${key}`,
    text: "command.nudge-far",
    keys: [`Shift+${key}`],
    run: (bench) => bench.edit.nudge(dx * NUDGE_FAR, dy * NUDGE_FAR),
  };
}

type StepId = "next" | "previous" | "forward" | "back";

function step(id: StepId, key: string, byOf: (bench: Workbench) => number): Command {
  return {
    id: `frame.${id}`,
    text: `command.frame.${id}`,
    group: "frame",
    keys: [key],
    repeats: true,
    run: (bench, isRepeat) => stepBy(bench, byOf(bench), isRepeat),
  };
}

const DIRECTIONS: readonly (readonly [string, number, number])[] = [
  ["ArrowLeft", -1, 0],
  ["ArrowRight", 1, 0],
  ["ArrowUp", 0, -1],
  ["ArrowDown", 0, 1],
];
const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** In the order the help page shows them; of two with the same key, the first whose `when` holds runs. */
export const COMMANDS: readonly Command[] = [
  ...MODE_COMMANDS,
  ...REVIEW_COMMANDS,
  tool("select", "A"),
  tool("rectangle", "R"),
  tool("polygon", "P"),
  {
    id: "draw.again",
    text: "command.draw.again",
    group: "draw",
    keys: ["N"],
    run: (bench) => bench.drawOrFinish(),
  },
  {
    id: "draw.complete",
    text: "command.draw.complete",
    group: "draw",
    keys: ["Enter"],
    when: (bench) => bench.tools.isBusy(),
    run: (bench) => bench.onEvent({ type: "complete" }),
  },
  {
    id: "draw.back",
    text: "command.draw.back",
    group: "draw",
    keys: ["Backspace"],
    when: (bench) => bench.tools.isBusy(),
    run: (bench) => bench.onEvent({ type: "back" }),
  },
  { id: "cancel", text: "command.cancel", group: "draw", keys: ["Escape"], run: (bench) => bench.cancel() },

  {
    id: "label.search",
    text: "command.label.search",
    group: "label",
    keys: ["L"],
    run: (bench) => {
      bench.picking.value = "active";
    },
  },
  ...DIGITS.map(
    (digit): Command => ({
      id: `label.${digit}`,
      text: "command.label.digit",
      group: "label",
      keys: [`${digit}`, `Ctrl+${digit}`],
      run: (bench) => bench.setLabelByDigit(digit, "active"),
    }),
  ),
  ...DIGITS.map(
    (digit): Command => ({
      id: `next-label.${digit}`,
      text: "command.label.next",
      group: "label",
      keys: [`Shift+${digit}`],
      run: (bench) => bench.setLabelByDigit(digit, "next"),
    }),
  ),

  {
    id: "undo",
    text: "command.undo",
    group: "edit",
    keys: ["Ctrl+Z"],
    repeats: true,
    run: (bench) => bench.edit.undo(),
  },
  {
    id: "redo",
    text: "command.redo",
    group: "edit",
    keys: ["Ctrl+Shift+Z", "Ctrl+Y"],
    repeats: true,
    run: (bench) => bench.edit.redo(),
  },
  {
    id: "delete",
    text: "command.delete",
    group: "edit",
    keys: ["Delete", "Backspace"],
    run: (bench) => bench.edit.remove(bench.selectedObjects.value),
  },
  {
    id: "delete.forced",
    text: "command.delete.forced",
    group: "edit",
    keys: ["Shift+Delete"],
    run: (bench) => bench.edit.remove(bench.selectedObjects.value, "nothing"),
  },
  { id: "copy", text: "command.copy", group: "edit", keys: ["Ctrl+C"], run: (bench) => bench.edit.copy() },
  { id: "paste", text: "command.paste", group: "edit", keys: ["Ctrl+V"], run: (bench) => bench.edit.paste() },
  {
    id: "select.all",
    text: "command.select.all",
    group: "edit",
    keys: ["Ctrl+A"],
    run: (bench) =>
      bench.select(bench.shapes.value.filter((shape) => bench.marks.isFree(shape)).map(({ cid }) => cid)),
  },
  {
    id: "select.next",
    text: "command.select.next",
    group: "edit",
    keys: ["Tab"],
    repeats: true,
    when: hasShapes,
    run: (bench) => bench.selectNext(1),
  },
  {
    id: "select.previous",
    text: "command.select.previous",
    group: "edit",
    keys: ["Shift+Tab"],
    repeats: true,
    when: hasShapes,
    run: (bench) => bench.selectNext(-1),
  },
  ...DIRECTIONS.map(([key, dx, dy]) => nudge(key, dx, dy)),
  ...DIRECTIONS.map(([key, dx, dy]) => nudgeFar(key, dx, dy)),
  {
    id: "occluded",
    text: "command.occluded",
    group: "edit",
    keys: ["Q", "/"],
    run: (bench) => bench.edit.setOccluded(bench.selectedShapes.value.some((shape) => !shape.occluded)),
  },
  {
    id: "front",
    text: "command.front",
    group: "edit",
    keys: ["=", "+"],
    run: (bench) => bench.edit.reorder("front"),
  },
  {
    id: "back",
    text: "command.back",
    group: "edit",
    keys: ["-", "_"],
    run: (bench) => bench.edit.reorder("back"),
  },

  {
    id: "play",
    text: "command.play",
    group: "frame",
    keys: ["Space"],
    onRelease: true,
    run: (bench) => playOrStop(bench),
  },
  step("next", "F", () => 1),
  step("previous", "D", () => -1),
  step("forward", "V", (bench) => bench.playing.step.value),
  step("back", "C", (bench) => -bench.playing.step.value),
  {
    id: "frame.full.next",
    text: "command.frame.full.next",
    group: "frame",
    keys: ["ArrowRight"],
    run: (bench) => seek(bench, 1, "full"),
  },
  {
    id: "frame.full.previous",
    text: "command.frame.full.previous",
    group: "frame",
    keys: ["ArrowLeft"],
    run: (bench) => seek(bench, -1, "full"),
  },
  {
    id: "frame.empty.next",
    text: "command.frame.empty.next",
    group: "frame",
    keys: ["Shift+F", "E"],
    run: (bench) => seek(bench, 1, "empty"),
  },
  {
    id: "frame.empty.previous",
    text: "command.frame.empty.previous",
    group: "frame",
    keys: ["Shift+D"],
    run: (bench) => seek(bench, -1, "empty"),
  },
  {
    id: "frame.first",
    text: "command.frame.first",
    group: "frame",
    keys: ["Home"],
    run: (bench) => bench.go(bench.deleted.outermost("first")),
  },
  {
    id: "frame.last",
    text: "command.frame.last",
    group: "frame",
    keys: ["End"],
    run: (bench) => bench.go(bench.deleted.outermost("last")),
  },
  {
    id: "frame.delete",
    text: "command.frame.delete",
    group: "frame",
    keys: ["Alt+Delete", "Alt+Backspace"],
    run: (bench) => void bench.deleted.toggle(),
  },
  {
    id: "frame.number",
    text: "command.frame.number",
    group: "frame",
    keys: ["`", "~"],
    run: () => document.getElementById("frame-number")?.focus(),
  },

  {
    id: "fit",
    text: "command.fit",
    group: "view",
    // Where digits label whole frames, 0 is the tenth label.
    keys: ["Ctrl+0", "0"],
    run: (bench) => bench.stage?.fit(),
  },
  {
    id: "zoom.in",
    text: "command.zoom.in",
    group: "view",
    keys: ["Ctrl+=", "Ctrl++", "Z"],
    repeats: true,
    run: (bench) => bench.stage?.zoomBy(1.25),
  },
  {
    id: "zoom.out",
    text: "command.zoom.out",
    group: "view",
    keys: ["Ctrl+-", "Shift+Z"],
    repeats: true,
    run: (bench) => bench.stage?.zoomBy(0.8),
  },
  { id: "hide", text: "command.hide", group: "view", keys: ["H"], run: (bench) => bench.toggle("hidden") },
  { id: "lock", text: "command.lock", group: "view", keys: ["K"], run: (bench) => bench.toggle("locked") },
  {
    id: "related.toggle",
    text: "command.related.toggle",
    group: "view",
    keys: ["U"],
    run: (bench) => bench.related.toggle(),
  },
  {
    id: "related.next",
    text: "command.related.next",
    group: "view",
    keys: ["Shift+U"],
    repeats: true,
    run: (bench) => bench.related.step(1),
  },
  {
    id: "area.next",
    text: "command.area.next",
    group: "view",
    keys: ["F6"],
    run: (bench) => goToArea(bench, 1),
  },
  {
    id: "area.previous",
    text: "command.area.previous",
    group: "view",
    keys: ["Shift+F6"],
    run: (bench) => goToArea(bench, -1),
  },
  {
    id: "help",
    text: "command.help",
    group: "view",
    keys: ["F1", "?"],
    run: (bench) => {
      bench.helpOpen.value = !bench.helpOpen.value;
    },
  },

  { id: "save", text: "command.save", group: "job", keys: ["Ctrl+S"], run: (bench) => bench.save() },
  {
    id: "finish",
    text: "command.finish",
    group: "job",
    keys: ["Ctrl+Enter"],
    run: finishJob,
  },
];

/** Run `command` and let those know who listen to what people do. */
export function runCommand(bench: Workbench, command: Command, isRepeat: boolean): void {
  command.run(bench, isRepeat);
  bench.ran.value = { id: command.id };
}
