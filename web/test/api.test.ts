import { expect, it } from "vitest";
import { sentenceOf } from "../src/api";

it.each([
  ["a detail", { detail: "Not found." }, "Not found."],
  ["a text", "label_id `9` is invalid", "label_id `9` is invalid"],
  ["a field", { name: ["This field is required."] }, "name: This field is required."],
  ["the innermost field", { shapes: [{}, { frame: ["Too low."] }] }, "frame: Too low."],
  ["no field for errors of the whole", { non_field_errors: ["Wrong password."] }, "Wrong password."],
  [
    "a message without its code",
    [{ message: "Wrong quality value", code: "invalid" }],
    "Wrong quality value",
  ],
  ["the status when there is only a page", "<!doctype html>", "HTTP 502"],
  ["the status when there is nothing", undefined, "HTTP 502"],
])("reads %s out of an error's body", (_, body, expected) => {
  expect(sentenceOf(502, body)).toBe(expected);
});
