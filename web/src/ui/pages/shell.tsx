import "./pages.css";
import "../datasets/texts";
import "../projects/texts";
import type { ComponentChildren, JSX } from "preact";
import { SIGN_IN_PAGE } from "../../bearer";
import { t } from "../../i18n";
import { reachable } from "../../session";
import { Header } from "../header";
import { lazy } from "../lazy";
import { type Route, route } from "../routes";
import { NotFound } from "./not-found";

const projects = lazy(() => import("./projects").then((page) => page.ProjectList));
const createProject = lazy(() => import("./create-project").then((page) => page.CreateProject));
const project = lazy(() => import("./project").then((page) => page.ProjectPage));
const datasets = lazy(() => import("./datasets").then((page) => page.DatasetList));
const createDataset = lazy(() => import("./create-dataset").then((page) => page.CreateDataset));
const dataset = lazy(() => import("./dataset").then((page) => page.DatasetPage));
const createFrom = lazy(() => import("./create-from-dataset").then((page) => page.CreateFromDataset));
const tasks = lazy(() => import("./task-list").then((page) => page.TaskList));
const create = lazy(() => import("./create-task").then((page) => page.CreateTask));
const task = lazy(() => import("./task").then((page) => page.TaskPage));
const account = lazy(() => import("./account").then((page) => page.AccountPage));
const users = lazy(() => import("./users").then((page) => page.UsersPage));
const statistics = lazy(() => import("./statistics").then((page) => page.StatisticsPage));
const about = lazy(() => import("./about").then((page) => page.AboutPage));

/** The pages around the workbench: a header, and one of them. */
export function Shell(): JSX.Element {
  return (
    <>
      <Header />
      {!reachable.value && (
        <div class="notice warn" role="status">
          <span class="spinner" aria-hidden="true" />
          {t("server.silent.retrying")}
        </div>
      )}
      <main class="page">{pageOf(route.value)}</main>
    </>
  );
}

function pageOf(shown: Route): ComponentChildren {
  switch (shown.name) {
    case "projects":
      return <projects.Page />;
    case "create-project":
      return <createProject.Page />;
    case "project":
      return <project.Page key={shown.projectId} projectId={shown.projectId} />;
    case "datasets":
      return <datasets.Page />;
    case "create-dataset":
      return <createDataset.Page />;
    case "dataset":
      return <dataset.Page key={shown.datasetId} datasetId={shown.datasetId} />;
    case "tasks":
      return <tasks.Page />;
    case "create":
      return <create.Page />;
    case "create-from":
      return <createFrom.Page key={shown.datasetId} datasetId={shown.datasetId} />;
    case "task":
      return <task.Page key={shown.taskId} taskId={shown.taskId} />;
    case "account":
      return SIGN_IN_PAGE === undefined ? <account.Page /> : <NotFound />;
    case "users":
      return SIGN_IN_PAGE === undefined ? <users.Page /> : <NotFound />;
    case "statistics":
      return <statistics.Page />;
    case "about":
      return <about.Page />;
    default:
      return <NotFound />;
  }
}
