import type { JSX } from "preact";
import { t } from "../../i18n";
import { Link } from "../link";
import { place } from "../routes";
import { countText, duration, pace } from "./amounts";
import { byPace } from "./figures";
import { Told } from "./told";
import type { WorkRow } from "./wire";

/** People side by side: how much, how long, how fast. */
export function PeopleTable({ rows }: { rows: readonly WorkRow[] }): JSX.Element {
  const fastest = Math.max(0, ...rows.map((row) => row.objects_per_hour ?? 0));
  return (
    <section class="card work-people" aria-labelledby="work-people">
      <div class="card-head">
        <h2 id="work-people">{t("statistics.people")}</h2>
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("statistics.person")}</th>
            <th scope="col">{t("statistics.per-hour")}</th>
            <th scope="col">{t("statistics.objects")}</th>
            <th scope="col">{t("statistics.time")}</th>
            <th scope="col">{t("statistics.each")}</th>
          </tr>
        </thead>
        <tbody>
          {byPace(rows).map((row) => (
            <tr key={row.user?.id ?? 0}>
              <th scope="row">
                <Who user={row.user ?? null} />
              </th>
              <td class="work-pace">
                <Told label={t("statistics.per-hour")}>
                  {row.objects_per_hour === null ? "–" : countText(row.objects_per_hour)}
                </Told>
                {row.objects_per_hour !== null && fastest > 0 && (
                  <i style={{ width: `${(100 * row.objects_per_hour) / fastest}%` }} />
                )}
              </td>
              <td>
                <Told label={t("statistics.objects")}>{countText(row.objects_created)}</Told>
              </td>
              <td>
                <Told label={t("statistics.time")}>{duration(row.working_seconds)}</Told>
              </td>
              <td>
                <Told label={t("statistics.each")}>
                  {row.seconds_per_object === null ? "–" : pace(row.seconds_per_object)}
                </Told>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A person, who leads to their own figures. */
function Who({ user }: { user: NonNullable<WorkRow["user"]> | null }): JSX.Element {
  if (user === null) return <span class="quiet">{t("statistics.gone")}</span>;
  const query = new URLSearchParams(place.value.query);
  query.set("user", String(user.id));
  return (
    <Link to={`/statistics?${query}`}>
      <bdi>{user.username}</bdi>
    </Link>
  );
}
