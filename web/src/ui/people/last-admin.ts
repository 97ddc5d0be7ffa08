import { callSignedIn } from "../../session";
import { isAdmin, isFull, type WireUser } from "./wire";

/**
 * Whether the account is an administrator who may sign in, and no other is. False where the server does not tell
 * the roles of others: only staff learn them.
 */
export async function isLastAdmin(userId: number): Promise<boolean> {
  const query = { page_size: "all", is_active: "true" };
  const { results } = await callSignedIn<{ results: readonly WireUser[] }>("GET", "/users", { query }).catch(
    () => ({ results: [] }),
  );
  const admins = results.filter((each) => isFull(each) && isAdmin(each));
  return admins.length === 1 && admins[0]?.id === userId;
}
