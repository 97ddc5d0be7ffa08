/** The one search field of the task list: plain words, or terms like `owner: ann AND status: completed`. */

/** How a term is written, in either language, and the API's name for it. */
const TERMS: Readonly<Record<string, string>> = {
  owner: "owner",
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
  projectid: "project_id",
};

/** What pages call a status, and the API's word for it. */
const STATUSES: Readonly<Record<string, string>> = {
  "in annotation": "annotation",
  标注中: "annotation",
  "in validation": "validation",
  审核中: "validation",
  已完成: "completed",
};

/**
 * The query of `GET /tasks` for what a person typed. Terms are joined by AND; a colon may be a full-width one; a
 * part that is no term is searched for as words.
 */
export function parseSearch(text: string): Readonly<Record<string, string>> {
  const query: Record<string, string> = {};
  const words: string[] = [];
  for (const part of text.split(/\s+AND\s+/i)) {
    const term = /^\s*([\p{L}]+)\s*[:：]\s*(.*?)\s*$/u.exec(part);
    const name = TERMS[term?.[1]?.toLowerCase() ?? ""];
    const value = term?.[2] ?? "";
    if (name === undefined) words.push(part.trim());
    else if (value !== "") query[name] = name === "status" ? (STATUSES[value.toLowerCase()] ?? value) : value;
  }
  const search = words.filter((word) => word !== "").join(" ");
  return search === "" ? query : { ...query, search };
}
