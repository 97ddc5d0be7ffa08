import { describe, expect, it } from "vitest";
import {
  apiQuery,
  isNarrowed,
  PROJECT_FILTERS,
  readWish,
  scopeFilters,
  scopeOf,
  TASK_FILTERS,
} from "../src/ui/listing/query";
import { PROJECT_TERMS } from "../src/ui/tasks/search";

const wish = (address: string, names = TASK_FILTERS) => readWish(new URLSearchParams(address), names);

describe("a list's address", () => {
  it("says everything, and the API is asked for it", () => {
    const read = wish("search=red+cars&status=completed&project=7&order=-name&page=3");
    expect(apiQuery(read, TASK_FILTERS, 10)).toEqual({
      search: "red cars",
      status: "completed",
      project_id: "7",
      ordering: "-name",
      page: 3,
      page_size: 10,
    });
  });

  it("that says nothing asks for the newest", () => {
    expect(apiQuery(wish(""), TASK_FILTERS, 10)).toEqual({ ordering: undefined, page: 1, page_size: 10 });
  });

  it.each([
    ["page=0", 1],
    ["page=-4", 1],
    ["page=2.7", 2],
    ["page=two", 1],
    ["page=", 1],
  ])("with %s is of page %i", (address, page) => {
    expect(wish(address).page).toBe(page);
  });

  it("with an order nobody knows is in the usual one", () => {
    expect(wish("order=color").order).toBe("");
  });

  it("of projects has no filters of tasks", () => {
    expect(wish("mode=annotation&owner=ann", PROJECT_FILTERS).filters).toEqual({ owner: "ann" });
  });

  it("lets a filter outweigh a term of the search", () => {
    expect(apiQuery(wish("search=owner:+ann+AND+street&owner=bob"), TASK_FILTERS, 10)).toMatchObject({
      owner: "bob",
      search: "street",
    });
  });

  it("of projects takes a term of tasks as words", () => {
    const read = wish("search=mode:+annotation", PROJECT_FILTERS);
    expect(apiQuery(read, PROJECT_FILTERS, 12, PROJECT_TERMS)).toMatchObject({ search: "mode: annotation" });
  });

  it.each([
    ["", false],
    ["page=2&order=name", false],
    ["search=a", true],
    ["subset=Train", true],
    ["subset=", false],
    ["project=7", true],
    ["project=seven", false],
  ])("%j narrows: %s", (address, expected) => {
    expect(isNarrowed(wish(address))).toBe(expected);
  });
});

describe("whose list it is", () => {
  it.each([
    ["", "all"],
    ["owner=ann", "owned"],
    ["assignee=ann", "assigned"],
    ["owner=bob", "all"],
    ["owner=ann&assignee=ann", "all"],
  ])("is, with %j, for ann: %s", (address, expected) => {
    expect(scopeOf(wish(address), "ann")).toBe(expected);
  });

  it("is chosen by filters that are then read as it", () => {
    for (const scope of ["all", "owned", "assigned"] as const) {
      const filters = Object.entries(scopeFilters(scope, "ann")).filter(([, value]) => value !== undefined);
      expect(scopeOf(wish(new URLSearchParams(filters as [string, string][]).toString()), "ann")).toBe(scope);
    }
  });
});
