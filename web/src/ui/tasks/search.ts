/** The one search field of a list: plain words, or terms like `owner: ann AND status: completed`. */

/** How a term is written, in either language, and the API's name for it. */
const TERMS: Readonly<Record<string, string>> = {
  owner: "owner",
  所有者: "owner",
  创建者: "owner",
  assignee: "assignee",
  负责人: "assignee",
  name: "name",
  名称: "name",
  mode: "mode",
  模式: "mode",
  status: "status",
  状态: "status",
  id: "id",
  编号: "id",
  project: "project",
  项目: "project",
  projectid: "project_id",
  项目编号: "project_id",
};

/** The terms of a list of projects. */
export const PROJECT_TERMS: readonly string[] = ["owner", "assignee", "name", "status", "id"];

/** What pages call a status, and the API's word for it. */
const STATUSES: Readonly<Record<string, string>> = {
  "in annotation": "annotation",
  标注中: "annotation",
  "in validation": "validation",
  审核中: "validation",
  已完成: "completed",
};

/** What pages call a kind of task, and the API's word for it. */
const MODES: Readonly<Record<string, string>> = {
  images: "annotation",
  图像: "annotation",
  video: "interpolation",
  视频: "interpolation",
};

/**
 * The query of `GET /tasks`, or of another list with the `known` names, for what a person typed. Terms are joined by
 * AND; a colon may be a full-width one; a part that is no term is searched for as words.
 */
export function parseSearch(
  text: string,
  known: readonly string[] = Object.values(TERMS),
): Readonly<Record<string, string>> {
  const query: Record<string, string> = {};
  const words: string[] = [];
  for (const part of text.split(/\s+AND\s+/i)) {
    const term = /^\s*([\p{L}]+)\s*[:：]\s*(.*?)\s*$/u.exec(part);
    const name = TERMS[term?.[1]?.toLowerCase() ?? ""];
    const value = term?.[2] ?? "";
    if (name === undefined || !known.includes(name)) words.push(part.trim());
    else if (value !== "") query[name] = spelled(name, value);
  }
  const search = words.filter((word) => word !== "").join(" ");
  return search === "" ? query : { ...query, search };
}

function spelled(name: string, value: string): string {
  const words = name === "status" ? STATUSES : name === "mode" ? MODES : {};
  return words[value.toLowerCase()] ?? value;
}
