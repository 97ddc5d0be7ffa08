import "../labels/labels.css";
import { useSignal } from "@preact/signals";
import { Folder } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { call } from "../../api";
import type { WireLabel } from "../../core/model";
import { t } from "../../i18n";
import { counted } from "../format";
import { Link } from "../link";
import { Picture } from "../tasks/preview";
import { Times } from "../tasks/times";
import type { WireTask } from "../tasks/wire";
import { deletingProjects, ProjectMenu } from "./project-menu";
import type { WireProject } from "./wire";

/** So many tasks of a project are looked at for one with images. */
const LOOKED_AT = 4;

export interface ProjectRowProps {
  readonly project: WireProject;
  readonly onDeleted: () => void;
}

/** One project of the list. */
export function ProjectRow({ project, onDeleted }: ProjectRowProps): JSX.Element {
  const isGoing = deletingProjects.value.has(project.id);
  const tasks = project.tasks.length;
  return (
    <li class={`task-row ${isGoing ? "going" : ""}`} aria-busy={isGoing} inert={isGoing}>
      <Picture taskId={usePictured(project)} fallback={Folder} />
      <div class="task-what">
        <h2>
          <Link to={`/projects/${project.id}`}>
            <bdi>{project.name}</bdi>
          </Link>
          <span class="task-id">#{project.id}</span>
        </h2>
        <Times of={project} />
        <LabelNames labels={project.labels} />
      </div>
      <div class="task-done project-side">
        <p>
          <b>{counted("tasks.count", tasks)}</b>
        </p>
        <p class="quiet">
          {t(`job.status.${project.status}`)} · {counted("labels.count", project.labels.length)}
        </p>
      </div>
      <div class="task-actions">
        <ProjectMenu project={project} onDeleted={onDeleted} />
      </div>
    </li>
  );
}

/** The oldest task of a project that has images; one without would have no preview to show. */
function usePictured({ id, tasks }: WireProject): number | undefined {
  const found = useSignal<number | undefined>(undefined);
  const count = tasks.length;
  useEffect(() => {
    found.value = undefined;
    if (count === 0) return;
    const asked = new AbortController();
    const query = { project_id: id, ordering: "id", page_size: LOOKED_AT };
    call<{ results: readonly WireTask[] }>("GET", "/tasks", { query, signal: asked.signal }).then(
      ({ results }) => {
        found.value = results.find((task) => (task.size ?? 0) > 0)?.id;
      },
      () => undefined,
    );
    return () => asked.abort();
  }, [id, count, found]);
  return found.value;
}

/** So many labels are named in a row. */
const NAMED = 6;

function LabelNames({ labels }: { labels: readonly WireLabel[] }): JSX.Element | null {
  if (labels.length === 0) return null;
  return (
    <ul class="project-labels" aria-label={t("labels")}>
      {labels.slice(0, NAMED).map((label) => (
        <li key={label.id}>
          <i class="label-swatch" style={{ background: label.color }} />
          <bdi>{label.name}</bdi>
        </li>
      ))}
      {labels.length > NAMED && <li class="quiet">{t("labels.more", { count: labels.length - NAMED })}</li>}
    </ul>
  );
}
