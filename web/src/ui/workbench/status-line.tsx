import type { JSX } from "preact";
import { locale, t } from "../../i18n";
import type { Workbench } from "./workbench";

/** What was said last, and where things are. */
export function StatusLine({ bench }: { bench: Workbench }): JSX.Element {
  const said = bench.said.value;
  return (
    <footer class="status-line">
      <output class="said" aria-live="polite">
        <span key={said.count}>{said.text || t(`mode.hint.${bench.mode.value.name}`)}</span>
      </output>
      <Size bench={bench} />
      <Zoom bench={bench} />
    </footer>
  );
}

function Size({ bench }: { bench: Workbench }): JSX.Element | null {
  const picture = bench.picture.value;
  return picture === undefined ? null : <span>{`${picture.width} × ${picture.height}`}</span>;
}

function Zoom({ bench }: { bench: Workbench }): JSX.Element | null {
  const scale = bench.scale.value;
  if (scale === undefined) return null;
  return <span class="zoom">{new Intl.NumberFormat(locale.value, { style: "percent" }).format(scale)}</span>;
}
