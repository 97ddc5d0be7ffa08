import { describe, expect, it } from "vitest";
import { locationOf, repositoryOf } from "../src/ui/tasks/repositories";

describe("a task's repository, as the server tells of it", () => {
  it("is none when its address is null", () => {
    expect(repositoryOf({ url: { value: null }, status: { value: null, error: null } })).toBeUndefined();
  });

  it.each([
    ["git@h:o/r.git [a.zip]", "git@h:o/r.git", "a.zip"],
    ["/srv/r.git [photos [1]/a b.zip]", "/srv/r.git", "photos [1]/a b.zip"],
    ["git@h:o/r.git", "git@h:o/r.git", ""],
  ])("has address and file: %s", (value, address, path) => {
    const found = repositoryOf({ url: { value }, status: { value: "sync", error: null } });
    expect(found).toMatchObject({
      address,
      path,
      standing: "sync",
      problem: undefined,
      lfs: false,
      format: "",
    });
  });

  it("keeps what is beyond v1, and why its state is not known", () => {
    const status = { value: "merged", error: "no route" } as const;
    const more = { lfs: true, format: "COCO 1.0", branch: "cvat_1_x", pushed_date: "2026-11-22T10:00:00Z" };
    expect(repositoryOf({ url: { value: "u [p.zip]" }, status, ...more })).toEqual({
      address: "u",
      path: "p.zip",
      standing: "merged",
      problem: "no route",
      lfs: true,
      format: "COCO 1.0",
      branch: "cvat_1_x",
      pushed: "2026-11-22T10:00:00Z",
    });
  });
});

describe("what is sent", () => {
  it.each([
    [{ address: " git@h:o/r.git ", path: "" }, "git@h:o/r.git"],
    [{ address: "git@h:o/r.git", path: " a b.zip " }, "git@h:o/r.git [a b.zip]"],
    [{ address: "git@h:o/r.git [a.zip]", path: "" }, "git@h:o/r.git [a.zip]"],
  ])("is the address with the file in brackets: %o", (wish, expected) => {
    expect(locationOf(wish)).toBe(expected);
  });
});
