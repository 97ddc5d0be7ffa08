/** The commands of issues and reviews. They stand before others of the same keys, since they apply more seldom. */

import type { Command } from "./commands";
import { nextStep, takeStep } from "./next-step";
import type { Workbench } from "./workbench";

const isReviewing = (bench: Workbench) => bench.review.value?.isOn.value === true;
const isOpen = (bench: Workbench) => bench.review.value?.opened.value !== undefined && !bench.tools.isBusy();

function step(id: "submit" | "request" | "renew"): Command {
  return {
    id: `review.${id}`,
    text: `command.review.${id}`,
    group: "review",
    keys: ["Ctrl+Enter"],
    when: (bench) => nextStep(bench) === id,
    run: takeStep,
  };
}

export const REVIEW_COMMANDS: readonly Command[] = [
  {
    id: "issue.start",
    text: "command.issue.start",
    group: "review",
    keys: ["I"],
    run: (bench) => bench.review.value?.startIssue(),
  },
  {
    id: "issue.start.again",
    text: "command.issue.start",
    group: "review",
    keys: ["N"],
    when: (bench) => isReviewing(bench) && !bench.tools.isBusy(),
    run: (bench) => bench.review.value?.startIssue(),
  },
  {
    id: "issue.menu",
    text: "command.issue.menu",
    group: "review",
    keys: ["Shift+F10", "ContextMenu"],
    when: isReviewing,
    run: (bench) => bench.review.value?.offer(),
  },
  {
    id: "issue.next",
    text: "command.issue.next",
    group: "review",
    keys: ["J"],
    repeats: true,
    run: (bench) => bench.review.value?.step(1),
  },
  {
    id: "issue.previous",
    text: "command.issue.previous",
    group: "review",
    keys: ["Shift+J"],
    repeats: true,
    run: (bench) => bench.review.value?.step(-1),
  },
  {
    id: "issue.write",
    text: "command.issue.write",
    group: "review",
    keys: ["Enter"],
    when: isOpen,
    run: (bench) => bench.review.value?.write(),
  },
  {
    id: "issue.resolve",
    text: "command.issue.resolve",
    group: "review",
    keys: ["X"],
    when: isOpen,
    run: (bench) => bench.review.value?.resolve(),
  },
  {
    id: "issue.close",
    text: "command.issue.close",
    group: "review",
    keys: ["Escape"],
    when: isOpen,
    run: (bench) => bench.review.value?.close(),
  },
  {
    id: "issue.resolved",
    text: "command.issue.resolved",
    group: "review",
    keys: ["Shift+I"],
    run: (bench) => bench.review.value?.toggleResolved(),
  },
  {
    id: "review.tab",
    text: "command.review.tab",
    group: "review",
    keys: ["T"],
    run: (bench) => bench.review.value?.toggleTab(),
  },
  {
    id: "review.mode",
    text: "command.review.mode",
    group: "review",
    keys: ["Shift+R"],
    run: (bench) => bench.review.value?.setMode(!bench.review.value.isOn.value),
  },
  step("submit"),
  step("request"),
  step("renew"),
];
