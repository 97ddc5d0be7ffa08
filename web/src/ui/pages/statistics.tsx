import "./statistics.css";
import "../statistics/texts";
import { useSignal } from "@preact/signals";
import { ChartColumn, ChevronDown, CircleAlert, Download, Eye, RefreshCw } from "lucide";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { session, type User } from "../../session";
import { Button } from "../kit/button";
import { Empty } from "../kit/empty";
import { Icon } from "../kit/icon";
import { MenuButton } from "../kit/menu";
import { Waiting } from "../kit/progress";
import { Link } from "../link";
import { problemOf } from "../problem";
import { useResource } from "../resource";
import { place, setQuery } from "../routes";
import {
  COUNT_STEPS,
  countText,
  dayName,
  duration,
  MINUTE_STEPS,
  minutesShort,
  minutesText,
  pace,
  SECOND_STEPS,
  secondsShort,
} from "../statistics/amounts";
import { ownZone, readSpan, type Span, today } from "../statistics/days";
import { exportItems } from "../statistics/export";
import { byDay, isIdle, readScope } from "../statistics/figures";
import { WorkFilters } from "../statistics/filters";
import { PeopleTable } from "../statistics/people-table";
import { Plot } from "../statistics/plot";
import { ProgressCards } from "../statistics/progress-cards";
import {
  type Progress,
  readProgress,
  readWork,
  type Scope,
  type Sees,
  type WorkRow,
  workQuery,
} from "../statistics/wire";

/** What was done when and by whom, and how far it is. */
export function StatisticsPage(): JSX.Element | null {
  const now = session.value;
  return now.name === "signed-in" ? <Statistics me={now.user} /> : null;
}

interface Figures {
  readonly sees: Sees;
  readonly days: readonly WorkRow[];
  /** Empty where one person is chosen. */
  readonly people: readonly WorkRow[];
  readonly total: WorkRow | undefined;
  /** undefined where nothing is chosen that could have any. */
  readonly progress: Progress | undefined;
}

function Statistics({ me }: { me: User }): JSX.Element {
  const zone = ownZone();
  const span = readSpan(place.value.query, today(zone));
  const scope = readScope(place.value.query, me.id);
  const query = workQuery(scope, span, zone);
  const sees = useSignal<Sees | undefined>(undefined);
  const { state, reload } = useResource(JSON.stringify(query), async (signal): Promise<Figures> => {
    const isOfSomething = (scope.project ?? scope.task ?? scope.job) !== undefined;
    const [days, total, people, progress] = await Promise.all([
      readWork("day", query, signal),
      readWork("", query, signal),
      scope.user === undefined ? readWork("user", query, signal) : undefined,
      isOfSomething ? readProgress(scope, signal) : undefined,
    ]);
    sees.value = days.sees;
    return { sees: days.sees, days: days.rows, people: people?.rows ?? [], total: total.rows[0], progress };
  });
  return (
    <>
      <div class="page-head">
        <h1>{t("statistics")}</h1>
        <MenuButton class="button" items={() => exportItems(query)}>
          <Icon icon={Download} />
          {t("statistics.export")}
          <Icon icon={ChevronDown} size={14} />
        </MenuButton>
      </div>
      <WorkFilters
        me={me}
        scope={scope}
        span={span}
        maySeeOthers={sees.value === undefined ? me.isAdmin : sees.value !== "self"}
      />
      {state.name === "loading" && <Waiting label={t("loading")} />}
      {state.name === "failed" && <Failed error={state.error} onRetry={() => void reload()} />}
      {state.name === "ready" && <Shown figures={state.value} span={span} scope={scope} me={me} />}
    </>
  );
}

function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }): JSX.Element {
  return (
    <Empty
      icon={CircleAlert}
      tone="danger"
      title={t("statistics.failed")}
      action={
        <>
          <Button icon={RefreshCw} onClick={onRetry}>
            {t("retry")}
          </Button>
          <Link class="button" to="/statistics">
            {t("statistics.own")}
          </Link>
        </>
      }
    >
      {problemOf(error)}
    </Empty>
  );
}

interface ShownProps {
  readonly figures: Figures;
  readonly span: Span;
  readonly scope: Scope;
  readonly me: User;
}

function Shown({ figures, span, scope, me }: ShownProps): JSX.Element {
  const { days, people, total, progress } = figures;
  return (
    <>
      {total === undefined || isIdle(days) ? (
        <Idle isOthers={scope.user !== me.id} />
      ) : (
        <>
          <Tiles total={total} />
          <Plots rows={days} span={span} />
          {people.length > 0 && <PeopleTable rows={people} />}
        </>
      )}
      <section class="work-extent" aria-labelledby="work-extent">
        <h2 id="work-extent">{t("statistics.progress")}</h2>
        {progress === undefined ? (
          <p class="quiet">{t("statistics.progress.choose")}</p>
        ) : (
          <ProgressCards progress={progress} scope={scope} />
        )}
      </section>
      <p class="work-sees">
        <Icon icon={Eye} size={14} />
        <span>
          {t(
            figures.sees === "all" && me.isAdmin
              ? "statistics.sees.admin"
              : `statistics.sees.${figures.sees}`,
          )}{" "}
          {t("statistics.zone", { zone: ownZone() })}
        </span>
      </p>
    </>
  );
}

/** Nobody did anything in these days. */
function Idle({ isOthers }: { isOthers: boolean }): JSX.Element {
  return (
    <Empty
      icon={ChartColumn}
      title={t("statistics.none")}
      action={
        <Button onClick={() => setQuery({ days: 90, from: undefined, to: undefined })}>
          {t("statistics.longer")}
        </Button>
      }
    >
      {t(isOthers ? "statistics.none.others" : "statistics.none.own")}
    </Empty>
  );
}

function Tiles({ total }: { total: WorkRow }): JSX.Element {
  const { objects_per_hour: perHour, seconds_per_object: each } = total;
  const more = t("statistics.changed", {
    updated: countText(total.objects_updated),
    deleted: countText(total.objects_deleted),
  });
  return (
    <dl class="tiles">
      <Tile name={t("statistics.time")} value={duration(total.working_seconds)} />
      <Tile name={t("statistics.objects.made")} value={countText(total.objects_created)} more={more} />
      <Tile name={t("statistics.per-hour")} value={perHour === null ? "–" : countText(perHour)} />
      <Tile name={t("statistics.each")} value={each === null ? "–" : pace(each)} />
    </dl>
  );
}

function Tile(props: { name: string; value: string; more?: string }): JSX.Element {
  return (
    <div class="tile">
      <dt>{props.name}</dt>
      <dd>{props.value}</dd>
      {props.more !== undefined && <dd class="tile-more">{props.more}</dd>}
    </div>
  );
}

function Plots({ rows, span }: { rows: readonly WorkRow[]; span: Span }): JSX.Element {
  const series = byDay(rows, span);
  const common = { days: series.days, dayText: dayName, none: t("statistics.plot.none") };
  return (
    <div class="plots">
      <Plot
        {...common}
        title={t("statistics.plot.time")}
        kind="bars"
        series={[{ label: t("statistics.time"), values: series.minutes, color: "--accent" }]}
        valueText={minutesText}
        axisText={minutesShort}
        steps={MINUTE_STEPS}
      />
      <Plot
        {...common}
        title={t("statistics.plot.objects")}
        kind="bars"
        series={[
          { label: t("statistics.made"), values: series.created, color: "--good" },
          { label: t("statistics.updated"), values: series.updated, color: "--good" },
          { label: t("statistics.deleted"), values: series.deleted, color: "--good" },
        ]}
        valueText={countText}
        axisText={countText}
        steps={COUNT_STEPS}
      />
      <Plot
        {...common}
        title={t("statistics.plot.per-hour")}
        kind="line"
        series={[{ label: t("statistics.per-hour"), values: series.perHour, color: "--good" }]}
        valueText={countText}
        axisText={countText}
        steps={COUNT_STEPS}
      />
      <Plot
        {...common}
        title={t("statistics.plot.each")}
        kind="line"
        series={[{ label: t("statistics.each"), values: series.secondsEach, color: "--accent" }]}
        valueText={pace}
        axisText={secondsShort}
        steps={SECOND_STEPS}
      />
    </div>
  );
}
