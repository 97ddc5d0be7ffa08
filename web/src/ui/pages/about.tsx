import "./about.css";
import "../people/texts";
import { useSignal } from "@preact/signals";
import { BookOpen, Braces, Check, CircleAlert, Keyboard, Minus, RefreshCw, ScrollText } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { API, call } from "../../api";
import { type Key, productName, t } from "../../i18n";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { Empty } from "../kit/empty";
import { Icon, type IconNode } from "../kit/icon";
import { OuterLink } from "../kit/outer-link";
import { Waiting } from "../kit/progress";
import { lazy } from "../lazy";
import { TERMS } from "../people/agreements";
import { type FormatRow, formatRows, PLUGINS, type WireFormats } from "../people/server-parts";
import { problemOf } from "../problem";
import { useResource } from "../resource";
import { hrefOf } from "../routes";

const keyList = lazy(() => import("../workbench/key-list").then((list) => list.KeyList));

interface Facts {
  readonly about: { readonly name: string; readonly description: string; readonly version: string };
  readonly plugins: Readonly<Record<string, boolean>>;
  readonly formats: WireFormats;
}

async function readFacts(signal: AbortSignal): Promise<Facts> {
  const [about, plugins, formats] = await Promise.all([
    call<Facts["about"]>("GET", "/server/about", { signal }),
    call<Facts["plugins"]>("GET", "/server/plugins", { signal }),
    call<WireFormats>("GET", "/server/annotation/formats", { signal }),
  ]);
  return { about, plugins, formats };
}

/** What this server is, what it can do, and where to read on. */
export function AboutPage(): JSX.Element {
  const { state, reload } = useResource("about", readFacts);
  if (state.name === "loading") return <Waiting label={t("loading")} />;
  if (state.name === "ready") return <Shown facts={state.value} />;
  return (
    <Empty
      icon={CircleAlert}
      tone="danger"
      title={t("about.failed")}
      action={
        <Button icon={RefreshCw} onClick={() => void reload()}>
          {t("retry")}
        </Button>
      }
    >
      {problemOf(state.error)}
    </Empty>
  );
}

function Shown({ facts }: { facts: Facts }): JSX.Element {
  const { about, plugins, formats } = facts;
  return (
    <div class="about">
      <div class="about-head">
        <h1>{productName()}</h1>
        <p class="quiet">{t("about.version", { version: about.version })}</p>
        <p>{about.description}</p>
      </div>
      <section class="card card-pad" aria-labelledby="about-help">
        <h2 id="about-help">{t("about.help")}</h2>
        <Help />
      </section>
      <section class="card card-pad" aria-labelledby="about-plugins">
        <h2 id="about-plugins">{t("about.plugins")}</h2>
        <ul class="about-plugins">
          {Object.entries(plugins).map(([name, isOn]) => (
            <li key={name} class={isOn ? "on" : ""}>
              <Icon icon={isOn ? Check : Minus} />
              <span>{name in PLUGINS ? t(`about.plugin.${name}` as Key) : name}</span>
              <span class="quiet">{t(isOn ? "about.plugin.on" : "about.plugin.off")}</span>
            </li>
          ))}
        </ul>
      </section>
      <section class="card" aria-labelledby="about-formats">
        <div class="card-head">
          <h2 id="about-formats">{t("about.formats")}</h2>
        </div>
        <Formats rows={formatRows(formats)} />
      </section>
      <p class="about-licence quiet">{t("about.licence")}</p>
    </div>
  );
}

function Help(): JSX.Element {
  const keys = useSignal(false);
  return (
    <ul class="about-help">
      <Way icon={BookOpen}>
        <OuterLink to={hrefOf("/documentation/user_guide.html")}>{t("about.guide")}</OuterLink>
      </Way>
      <Way icon={Keyboard} hint={t("about.keys.hint")}>
        <button
          type="button"
          class="link"
          onClick={() => {
            keys.value = true;
          }}
        >
          {t("about.keys")}
        </button>
      </Way>
      <Way icon={Braces} hint={t("about.swagger.hint", { address: `${location.origin}${API}` })}>
        <OuterLink to={hrefOf("/api/swagger/")}>{t("about.swagger")}</OuterLink>
      </Way>
      <Way icon={ScrollText}>
        <OuterLink to={TERMS}>{t("about.terms")}</OuterLink>
      </Way>
      {keys.value && (
        <Dialog
          title={t("workbench.help")}
          size="large"
          onClose={() => {
            keys.value = false;
          }}
        >
          <keyList.Page />
        </Dialog>
      )}
    </ul>
  );
}

function Way(props: { icon: IconNode; hint?: string; children: ComponentChildren }): JSX.Element {
  return (
    <li>
      <Icon icon={props.icon} />
      <span>{props.children}</span>
      {props.hint !== undefined && <span class="quiet">{props.hint}</span>}
    </li>
  );
}

function Formats({ rows }: { rows: readonly FormatRow[] }): JSX.Element {
  return (
    <table class="about-formats">
      <thead>
        <tr>
          <th scope="col">{t("about.formats.name")}</th>
          <th scope="col">{t("about.formats.files")}</th>
          <th scope="col">{t("about.formats.import")}</th>
          <th scope="col">{t("about.formats.export")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">{row.name}</th>
            <td class="quiet">{row.ext}</td>
            <YesNo is={row.imports} />
            <YesNo is={row.exports} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function YesNo({ is }: { is: boolean }): JSX.Element {
  return (
    <td class={is ? "yes" : "no"}>
      <Icon icon={is ? Check : Minus} />
      <span class="unseen">{t(is ? "about.yes" : "about.no")}</span>
    </td>
  );
}
