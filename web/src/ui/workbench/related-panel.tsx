import "./related-panel.css";
import { useComputed } from "@preact/signals";
import { ChevronLeft, ChevronRight, Images, Maximize2, Minimize2, Minus, Move } from "lucide";
import type { JSX, TargetedMouseEvent } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { Button, IconButton, type IconButtonProps } from "../kit/button";
import { Icon } from "../kit/icon";
import { Waiting } from "../kit/progress";
import { tip } from "../kit/tooltip";
import { COMMANDS } from "./commands";
import { shownKey } from "./key-names";
import { baseName, type Outcome } from "./related-images";
import { useCornerDrag } from "./use-corner-drag";
import type { Workbench } from "./workbench";

/** Width to height of the panel's picture before one is known. */
const FIRST_RATIO = 1.5;

/**
 * The images that show the frame in another way, in a corner over the picture: a small panel, or the button that opens
 * it; nothing where the frame has none. It lets through what is being drawn.
 */
export function RelatedPanel({ bench }: { bench: Workbench }): JSX.Element | null {
  const { corner, current, isOpen } = bench.related;
  const isDrawing = useComputed(() => {
    const { draft, edited, marquee } = bench.preview.value;
    return draft !== undefined || edited !== undefined || marquee !== undefined;
  });
  if (current.value === undefined) return null;
  const [block, inline] = corner.value.split("-");
  return (
    <div class={`related ${block} ${inline} ${isDrawing.value ? "passed-through" : ""}`}>
      {isOpen.value ? <Panel bench={bench} /> : <Opener bench={bench} />}
    </div>
  );
}

function Opener({ bench }: { bench: Workbench }): JSX.Element {
  const count = bench.related.all.value.length;
  return (
    <button
      type="button"
      class="related-opener"
      {...tip(t("related.open"), keyOf("related.toggle"))}
      aria-expanded={false}
      onClick={toggle(bench)}
    >
      <Icon icon={Images} />
      {t("related.title")}
      {count > 1 && <span class="quiet">{count}</span>}
    </button>
  );
}

function Panel({ bench }: { bench: Workbench }): JSX.Element {
  const { related } = bench;
  const panel = useRef<HTMLElement>(null);
  const drag = useCornerDrag(panel, (corner) => related.moveTo(corner));
  useEffect(() => related.watch(), [related]);
  const isLarge = related.isLarge.value;
  const outcome = related.outcome.value;
  const { naturalWidth, naturalHeight } = outcome?.name === "there" ? outcome.picture : {};
  const ratio = naturalWidth && naturalHeight ? naturalWidth / naturalHeight : FIRST_RATIO;
  return (
    <section
      ref={panel}
      class={`related-panel ${isLarge ? "large" : "small"}`}
      style={{ "--ratio": ratio }}
      aria-label={t("related.title")}
    >
      <header {...drag}>
        <h2>{t("related.title")}</h2>
        <Act icon={Move} label={t("related.move")} run={() => related.moveOn()} />
        <Act
          icon={isLarge ? Minimize2 : Maximize2}
          label={t(isLarge ? "related.reduce" : "related.enlarge")}
          run={() => related.toggleSize()}
        />
        <IconButton
          icon={Minus}
          label={t("related.close")}
          hint={keyOf("related.toggle")}
          aria-expanded={true}
          onClick={toggle(bench)}
        />
      </header>
      <View bench={bench} outcome={outcome} />
      <Caption bench={bench} />
    </section>
  );
}

function View({ bench, outcome }: { bench: Workbench; outcome: Outcome | undefined }): JSX.Element {
  const { related } = bench;
  const isAwaited = outcome?.image !== related.current.value;
  if (outcome?.name === "failed" && !isAwaited) {
    return (
      <div class="related-view failed" role="alert">
        <p>{t("related.failed")}</p>
        <p class="quiet">{outcome.reason}</p>
        <Button onClick={act(() => related.retry())}>{t("workbench.try-again")}</Button>
      </div>
    );
  }
  return (
    <div class="related-view" aria-busy={isAwaited}>
      {outcome?.name !== "there" ? (
        <Waiting label={t("related.loading")} />
      ) : (
        <Shown picture={outcome.picture} alt={t("related.alt", { name: baseName(outcome.image) })} />
      )}
    </div>
  );
}

/** The picture itself, as it was decoded: the browser has nothing to fetch once more. */
function Shown({ picture, alt }: { picture: HTMLImageElement; alt: string }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    picture.alt = alt;
    place.current?.replaceChildren(picture);
  }, [picture, alt]);
  return <div ref={place} class="related-picture" />;
}

/** What is shown, and the way to the others of the frame. */
function Caption({ bench }: { bench: Workbench }): JSX.Element {
  const { related } = bench;
  const all = related.all.value;
  const image = related.current.value;
  return (
    <footer>
      {all.length > 1 && (
        <>
          <Act icon={ChevronLeft} label={t("related.previous")} run={() => related.step(-1)} />
          <span
            role="status"
            aria-label={t("related.at", { at: (image?.position ?? 0) + 1, all: all.length })}
          >
            {`${(image?.position ?? 0) + 1} / ${all.length}`}
          </span>
          <Act
            icon={ChevronRight}
            label={t("related.next")}
            hint={keyOf("related.next")}
            run={() => related.step(1)}
          />
        </>
      )}
      {image !== undefined && (
        <bdi class="quiet" title={image.name}>
          {baseName(image)}
        </bdi>
      )}
    </footer>
  );
}

function Act({ run, ...rest }: Omit<IconButtonProps, "onClick"> & { run: () => void }): JSX.Element {
  return <IconButton {...rest} onClick={act(run)} />;
}

/** After a click, the next key is meant for the picture. Whoever came by keys goes on from here. */
function act(run: () => void) {
  return (event: TargetedMouseEvent<HTMLButtonElement>): void => {
    run();
    if (event.detail > 0) event.currentTarget.blur();
  };
}

/** What was pressed goes with it: the key that pressed it finds what came in its place. */
function toggle(bench: Workbench) {
  return (event: TargetedMouseEvent<HTMLButtonElement>): void => {
    bench.related.toggle();
    if (event.detail > 0) return;
    requestAnimationFrame(() => document.querySelector<HTMLElement>(".related [aria-expanded]")?.focus());
  };
}

function keyOf(id: string): string {
  return shownKey(COMMANDS.find((command) => command.id === id)?.keys[0] ?? "");
}
