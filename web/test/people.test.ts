import { describe, expect, it } from "vitest";
import { ApiError, Unreachable } from "../src/api";
import { pageOf } from "../src/ui/people/agreements";
import { problemsByField } from "../src/ui/people/field-problems";
import { passwordProblems, typingProblems } from "../src/ui/people/new-password";
import { judge } from "../src/ui/people/password-rules";
import { isAdminAnyway, risksOf } from "../src/ui/people/risks";
import { formatRows } from "../src/ui/people/server-parts";
import { changesOf, type FullUser, fullName, isAdmin } from "../src/ui/people/wire";

const ANN: FullUser = {
  id: 7,
  username: "ann",
  first_name: "Ann",
  last_name: "Lee",
  email: "ann@example.org",
  groups: ["user"],
  is_staff: false,
  is_superuser: false,
  is_active: true,
  last_login: null,
  date_joined: "2026-01-01T00:00:00Z",
};

describe("a new password", () => {
  it.each([
    ["nothing typed leaves all open", "", "", [], ["open", "open", "open", "open", "open"]],
    ["seven letters are too few", "abcdefg", "", [], ["broken", "kept", "open", "open", "open"]],
    [
      "letters are counted as people do",
      "密码密码密码密码",
      "",
      [],
      ["kept", "kept", "open", "open", "open"],
    ],
    ["digits alone will not do", "12345678", "", [], ["kept", "broken", "open", "open", "open"]],
    ["nor do other scripts' digits", "１２３４５６７８", "", [], ["kept", "broken", "open", "open", "open"]],
    [
      "its owner's name will not do",
      "Longname1",
      "",
      ["longname"],
      ["kept", "kept", "broken", "open", "open"],
    ],
    [
      "nor part of the address",
      "examples1",
      "",
      ["a@example.org"],
      ["kept", "kept", "broken", "open", "open"],
    ],
    ["an empty name is like nothing", "abcdefgh", "", ["", ""], ["kept", "kept", "open", "open", "open"]],
    ["two that differ are told", "abcdefgh", "abcdefg", ["x"], ["kept", "kept", "kept", "open", "broken"]],
    ["two alike are told", "abcdefgh", "abcdefgh", ["x"], ["kept", "kept", "kept", "open", "kept"]],
  ])("%s", (_, password, again, about, expected) => {
    expect(Object.values(judge(password, again, about))).toEqual(expected);
  });

  it.each([
    ["", "", { new_password1: "Please fill this in." }],
    ["one", "two", { new_password2: "The two passwords differ." }],
    ["one", "one", undefined],
  ])("%j and %j are told before they are sent", (password, again, expected) => {
    expect(typingProblems(password, again)).toEqual(expected);
  });

  it("has the server's judgement at its first field", () => {
    const told = passwordProblems<"token">({ new_password2: "too short", token: "Invalid value" });
    expect(told).toEqual({ new_password1: "too short", new_password2: undefined, token: "Invalid value" });
  });
});

describe("what a server says of a form", () => {
  const refused = (body: unknown) => new ApiError(400, "all of it", body, new Headers());

  it.each([
    ["by field", refused({ username: ["taken", "odd"] }), { username: "taken odd" }],
    ["of the whole", refused({ non_field_errors: ["Agreement terms"] }), { all: "Agreement terms" }],
    ["of a field that is not shown", refused({ groups: ["no such"] }), { all: "groups: no such" }],
    ["of several", refused({ email: ["odd"], detail: "no", code: 3 }), { email: "odd", all: "no" }],
    ["as a list", refused(["not so"]), { all: "all of it" }],
    ["as nothing", refused(undefined), { all: "all of it" }],
    ["as an empty object", refused({}), { all: "all of it" }],
    ["never", new Unreachable(), { all: "The server does not answer" }],
  ])("stands %s", (_, error, expected) => {
    expect(problemsByField(error, ["username", "email"])).toEqual(expected);
  });
});

describe("rights one takes from oneself", () => {
  const admin: FullUser = { ...ANN, groups: ["admin"], is_staff: true };

  it.each([
    ["nothing lost", admin, { groups: ["admin", "user"] }, []],
    ["the role of an administrator", admin, { groups: ["user"] }, ["demote"]],
    ["the role, of a superuser", { ...admin, is_superuser: true }, { groups: [] }, []],
    ["the account itself", admin, { is_active: false }, ["switch-off"]],
    ["both", admin, { is_active: false, groups: [] }, ["switch-off", "demote"]],
    ["being staff", admin, { is_staff: false }, ["blind"]],
    ["staff and role at once", admin, { is_staff: false, groups: [] }, ["demote"]],
    ["what one never had", ANN, { groups: [] }, []],
  ] as const)("%s", (_, before, change, expected) => {
    expect(risksOf(before, { ...before, ...change })).toEqual(expected);
  });

  it("leave a superuser who is staff the role that comes with it", () => {
    expect(isAdminAnyway({ is_staff: true, is_superuser: true })).toBe(true);
    expect(isAdminAnyway({ is_staff: true, is_superuser: false })).toBe(false);
    expect(isAdmin({ groups: [], is_superuser: true })).toBe(true);
  });
});

describe("an account", () => {
  it("is changed by what differs alone", () => {
    const edited = { ...ANN, username: "anna", groups: ["user", "admin"] as const, email: "ann@example.org" };
    expect(changesOf(ANN, edited)).toEqual({ username: "anna", groups: ["user", "admin"] });
    expect(changesOf(ANN, ANN)).toEqual({});
  });

  it.each([
    ["Ann", "Lee", "Ann Lee"],
    ["", "Lee", "Lee"],
    ["", "", ""],
    ["芳", "王", "王芳"],
    ["Fang", "王", "Fang 王"],
  ])("of %j %j is called %j", (first_name, last_name, expected) => {
    expect(fullName({ first_name, last_name })).toBe(expected);
  });
});

it.each([
  ["https://example.org/terms", "https://example.org/terms"],
  ["/api/v1/restrictions/terms-of-use", "/api/v1/restrictions/terms-of-use"],
  ["javascript:alert(1)", undefined],
  ["//example.org", undefined],
  ["", undefined],
])("an agreement at %j is read at %j", (url, expected) => {
  expect(pageOf({ url })).toBe(expected);
});

it("formats that are read and written stand in one row", () => {
  const format = (name: string, ext: string, enabled = true) => ({ name, ext, enabled });
  const rows = formatRows({
    importers: [format("COCO 1.0", "JSON, ZIP"), format("Old 1.0", "ZIP", false)],
    exporters: [format("COCO 1.0", "ZIP"), format("Also 1.0", "XML")],
  });
  expect(rows).toEqual([
    { name: "Also 1.0", ext: "XML", imports: false, exports: true },
    { name: "COCO 1.0", ext: "ZIP, JSON", imports: true, exports: true },
  ]);
});
