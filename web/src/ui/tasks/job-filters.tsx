import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { t } from "../../i18n";
import { JOB_ORDERS, type JobFilter, type JobOrder, peopleOf, STATUSES } from "./job-rows";
import type { JobRow, Status } from "./wire";

/** From so many jobs on they are searched. */
const MANY = 10;

export interface JobFiltersProps {
  readonly jobs: readonly JobRow[];
  readonly filter: Signal<JobFilter>;
  readonly order: Signal<JobOrder>;
}

/** Narrows the jobs and puts them in another order; offers only what would make a difference. */
export function JobFilters({ jobs, filter, order }: JobFiltersProps): JSX.Element {
  const set = (change: Partial<JobFilter>): void => {
    filter.value = { ...filter.value, ...change };
  };
  return (
    <>
      {jobs.length >= MANY && (
        <input
          type="search"
          class="jobs-search"
          aria-label={t("jobs.search")}
          placeholder={t("jobs.search")}
          value={filter.value.text}
          onInput={(event) => set({ text: event.currentTarget.value })}
        />
      )}
      <select
        aria-label={t("jobs.filter.status")}
        value={filter.value.status}
        onChange={(event) => set({ status: event.currentTarget.value as Status | "" })}
      >
        <option value="">{t("jobs.filter.status.all")}</option>
        {STATUSES.map((each) => (
          <option key={each} value={each}>
            {t(`job.status.${each}`)}
          </option>
        ))}
      </select>
      {(["assignee", "reviewer"] as const).map((role) => (
        <People
          key={role}
          role={role}
          names={peopleOf(jobs, role)}
          value={filter.value[role]}
          onPick={(name) => set({ [role]: name })}
        />
      ))}
      <select
        aria-label={t("jobs.order")}
        value={order.value}
        onChange={(event) => {
          order.value = event.currentTarget.value as JobOrder;
        }}
      >
        {JOB_ORDERS.map((each) => (
          <option key={each} value={each}>
            {t(`jobs.order.${each}`)}
          </option>
        ))}
      </select>
    </>
  );
}

interface PeopleProps {
  readonly role: "assignee" | "reviewer";
  readonly names: readonly string[];
  readonly value: string;
  readonly onPick: (name: string) => void;
}

function People({ role, names, value, onPick }: PeopleProps): JSX.Element | null {
  if (names.length === 0 && value === "") return null;
  return (
    <select
      aria-label={t(`jobs.filter.${role}`)}
      value={value}
      onChange={(event) => onPick(event.currentTarget.value)}
    >
      <option value="">{t(`jobs.filter.${role}.all`)}</option>
      <option value="-">{t("person.nobody")}</option>
      {names.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
