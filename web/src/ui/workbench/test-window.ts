/**
 * `window.__workbench`: what tests in a browser read, so that they speak in image coordinates. Read only, and
 * there only when the server says in the page that it runs for tests.
 */

import { isShape, isTag, type Point } from "../../core/model";
import type { Workbench } from "./workbench";

/** Show `bench` to tests; returns how to take it away. */
export function showToTests(bench: Workbench): () => void {
  const page = document.querySelector<HTMLMetaElement>('meta[name="labelwright-product"]');
  if (page?.dataset.test !== "true") return () => undefined;
  const said: string[] = [];
  const stop = bench.said.subscribe(({ text }) => {
    if (text !== "") said.push(text);
  });
  Object.defineProperty(window, "__workbench", { value: viewOf(bench, said), configurable: true });
  return () => {
    stop();
    Reflect.deleteProperty(window, "__workbench");
  };
}

function viewOf(bench: Workbench, said: readonly string[]): object {
  const nameOf = (labelId: number) => bench.labels.peek().get(labelId)?.name ?? null;
  const drawn = async (): Promise<void> => {
    while (!bench.navigation.isShown() && bench.navigation.failure.peek() === undefined) await nextTask();
    await bench.stage?.idle();
  };
  return Object.freeze({
    get frame() {
      return bench.picture.peek()?.frame;
    },
    get shapes() {
      return [...bench.document.all()].filter(isShape).map((shape) => ({
        cid: shape.cid,
        id: shape.id ?? null,
        type: shape.type,
        label: nameOf(shape.labelId),
        points: shape.points,
        frame: shape.frame,
        occluded: shape.occluded,
        attributes: shape.attributes,
      }));
    },
    get tags() {
      return [...bench.document.all()].filter(isTag).map((tag) => ({
        cid: tag.cid,
        id: tag.id ?? null,
        label: nameOf(tag.labelId),
        frame: tag.frame,
        attributes: tag.attributes,
      }));
    },
    get selected() {
      return [...bench.selected.peek()];
    },
    get tool() {
      return bench.tools.id.peek();
    },
    get nextLabel() {
      return bench.labelChoice.armed?.name ?? null;
    },
    get camera() {
      return bench.stage?.camera.peek();
    },
    get save() {
      return {
        state: bench.sync.state.peek().name,
        waiting: bench.sync.waiting.peek(),
        lastSaved: bench.sync.lastSave.peek()?.at.toISOString() ?? null,
      };
    },
    get said() {
      return [...said];
    },
    /** How many there are, those not sent included; null until the server has told of its own. */
    get issues() {
      const review = bench.review.peek();
      return review?.isKnown.peek() === true ? review.entries.peek().length : null;
    },
    toClient: (at: Point) => bench.stage?.toClient(at),
    drawn,
    idle: async () => {
      await drawn();
      await bench.sync.idle();
      await bench.stage?.idle();
    },
  });
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
