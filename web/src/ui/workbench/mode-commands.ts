/** The commands of the modes for whole frames and for texts, and the way between modes. They stand before others of the same keys. */

import type { Command } from "./commands";
import type { Workbench } from "./workbench";

/** In the order of their labels: the tenth has 0. */
const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0] as const;

const labelsFrames = (bench: Workbench) => bench.mode.value.tags;
const writesTexts = (bench: Workbench) => bench.mode.value.text !== "none";
const readsIssue = (bench: Workbench) => bench.review.value?.opened.value !== undefined;
const isTyping = (bench: Workbench) => bench.typing.isOn.value;

export const MODE_COMMANDS: readonly Command[] = [
  ...DIGITS.map(
    (digit): Command => ({
      id: `tag.${digit}`,
      text: "command.tag.digit",
      group: "tag",
      keys: [`${digit}`],
      when: labelsFrames,
      run: (bench) => bench.tagging.toggleByDigit(digit, false),
    }),
  ),
  ...DIGITS.map(
    (digit): Command => ({
      id: `tag-stay.${digit}`,
      text: "command.tag.stay",
      group: "tag",
      keys: [`Shift+${digit}`],
      when: labelsFrames,
      run: (bench) => bench.tagging.toggleByDigit(digit, true),
    }),
  ),
  {
    id: "tag.search",
    text: "command.tag.search",
    group: "tag",
    keys: ["L"],
    when: labelsFrames,
    run: (bench) => {
      bench.picking.value = "tag";
    },
  },
  {
    id: "text.next",
    text: "command.text.next",
    group: "text",
    keys: ["Enter"],
    when: isTyping,
    run: (bench) => bench.typing.step(1),
  },
  {
    id: "text.previous",
    text: "command.text.previous",
    group: "text",
    keys: ["Shift+Enter"],
    when: isTyping,
    run: (bench) => bench.typing.step(-1),
  },
  {
    id: "text.leave",
    text: "command.text.leave",
    group: "text",
    keys: ["Escape"],
    when: isTyping,
    run: (bench) => bench.typing.leave(),
  },
  {
    id: "text.begin",
    text: "command.text.begin",
    group: "text",
    keys: ["Enter"],
    when: (bench) => writesTexts(bench) && !bench.tools.isBusy() && !readsIssue(bench),
    run: (bench) => bench.typing.begin(),
  },
  {
    id: "mode.toggle",
    text: "command.mode.toggle",
    group: "view",
    keys: ["W"],
    run: (bench) => bench.modes.toggle(),
  },
];

/** Keys that the field of texts leaves to the commands. */
export const KEYS_OUT_OF_TEXT = ["Enter", "Shift+Enter", "Escape", "Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Y", "F1"];
