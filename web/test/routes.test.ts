import { describe, expect, it } from "vitest";
import { ownPath, routeOf } from "../src/ui/routes";

const route = (address: string) => {
  const [path = "", query = ""] = address.split("?");
  return routeOf(path, new URLSearchParams(query));
};

it.each([
  ["/", { name: "home" }],
  ["/?id=7", { name: "old-job", jobId: 7 }],
  ["/?id=x", { name: "home" }],
  ["/auth/login", { name: "sign-in", next: "/" }],
  ["/login?next=/api/swagger/", { name: "sign-in", next: "/api/swagger/" }],
  ["/auth/login?next=%2Ftasks%2F3%3Fpage%3D2", { name: "sign-in", next: "/tasks/3?page=2" }],
  ["/auth/register", { name: "register", next: "/" }],
  ["/auth/login-with-token/abc/0f%2F0", { name: "token", sessionId: "abc", token: "0f/0" }],
  ["/projects", { name: "projects" }],
  ["/projects/create", { name: "create-project" }],
  ["/projects/7", { name: "project", projectId: 7 }],
  ["/projects/0", { name: "unknown", path: "/projects/0" }],
  ["/projects/7/tasks", { name: "unknown", path: "/projects/7/tasks" }],
  ["/tasks", { name: "tasks" }],
  ["/tasks/", { name: "tasks" }],
  ["/tasks/create", { name: "create" }],
  ["/tasks/create/57", { name: "create-from", datasetId: 57 }],
  ["/tasks/create/x", { name: "unknown", path: "/tasks/create/x" }],
  ["/datasets?page=2", { name: "datasets" }],
  ["/datasets/create", { name: "create-dataset" }],
  ["/datasets/57", { name: "dataset", datasetId: 57 }],
  ["/datasets/57/items", { name: "unknown", path: "/datasets/57/items" }],
  ["/tasks/12", { name: "task", taskId: 12 }],
  ["/tasks/12/jobs/5?frame=3", { name: "job", taskId: 12, jobId: 5 }],
  ["/tasks/0", { name: "unknown", path: "/tasks/0" }],
  ["/tasks/99999999999", { name: "unknown", path: "/tasks/99999999999" }],
  ["/tasks/12/jobs", { name: "unknown", path: "/tasks/12/jobs" }],
  ["/tasks/12/jobs/5/more", { name: "unknown", path: "/tasks/12/jobs/5/more" }],
  ["/auth/password/reset", { name: "reset" }],
  ["/auth/password/reset/confirm?uid=Nw&token=a-b", { name: "new-password", uid: "Nw", token: "a-b" }],
  ["/auth/password/reset/confirm", { name: "new-password", uid: "", token: "" }],
  ["/auth/password", { name: "unknown", path: "/auth/password" }],
  ["/auth/password/reset/other", { name: "unknown", path: "/auth/password/reset/other" }],
  ["/account", { name: "account" }],
  ["/users?search=ann", { name: "users" }],
  ["/users/7", { name: "unknown", path: "/users/7" }],
  ["/about/", { name: "about" }],
  ["/statistics?project=3", { name: "statistics" }],
  ["/auth/logout", { name: "unknown", path: "/auth/logout" }],
])("%s is a page", (address, expected) => {
  expect(route(address)).toEqual(expected);
});

describe("where a sign-in leads", () => {
  it.each(["//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example", "tasks", "", null])(
    "is home for %j",
    (path) => {
      expect(ownPath(path)).toBe("/");
    },
  );
});
