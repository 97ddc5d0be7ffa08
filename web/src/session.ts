import { API } from "./api";

/** Who the server takes us for. */
export type Session =
  | { name: "asking" }
  | { name: "signed-in"; user: string }
  | { name: "signed-out" }
  | { name: "unreachable" }
  | { name: "failed"; status: number };

/** Ask the server who we are. Never throws: what went wrong is one of the answers. */
export async function askSession(fetchFrom: typeof fetch = fetch): Promise<Session> {
  let response: Response;
  try {
    response = await fetchFrom(`${API}/users/self`, { headers: { Accept: "application/json" } });
  } catch {
    return { name: "unreachable" };
  }
  if (response.status === 401) return { name: "signed-out" };
  if (!response.ok) return { name: "failed", status: response.status };
  const user: unknown = await response.json().catch(() => undefined);
  return hasUsername(user)
    ? { name: "signed-in", user: user.username }
    : { name: "failed", status: response.status };
}

function hasUsername(value: unknown): value is { username: string } {
  return (
    typeof value === "object" && value !== null && "username" in value && typeof value.username === "string"
  );
}
