/** The git repository of a task: read, connected, pushed to. Its routes are not below API v1 and have manners of their own. */

import { ApiError, type CallOptions, call, send } from "../../api";
import { t } from "../../i18n";
import { MOUNT } from "../../mount";
import { withSignIn } from "../../session";
import { noteOperationStarted } from "./operations";
import { cancelOperation, listOperations } from "./wire";

/** Not pushed as it is now; being pushed; on the task's branch; in the default branch. */
export type Standing = "!sync" | "syncing" | "sync" | "merged";

export interface Repository {
  readonly address: string;
  /** The file in the repository. */
  readonly path: string;
  readonly standing: Standing;
  /** Why the present state could not be found out. */
  readonly problem: string | undefined;
  readonly lfs: boolean;
  /** The exporter's name; "" is the server's choice. */
  readonly format: string;
  readonly branch: string;
  readonly pushed: string | undefined;
}

export interface RepositoryWish {
  readonly address: string;
  /** "" lets the server name it after the task. */
  readonly path: string;
  readonly lfs: boolean;
  readonly format: string;
}

export interface WireRepository {
  readonly url: { readonly value: string | null };
  readonly status: { readonly value: Standing | null; readonly error: string | null };
  readonly lfs?: boolean;
  readonly format?: string;
  readonly branch?: string;
  readonly pushed_date?: string | null;
}

interface Progress {
  readonly status: "queued" | "started" | "finished" | "failed" | "unknown";
  readonly stderr?: string;
}

const ROOT = `${MOUNT}/git/repository`;
const FIRST_MS = 250;
const LONGEST_MS = 1500;

/** What the server told of a task's repository, undefined for none. */
export function repositoryOf(wire: WireRepository): Repository | undefined {
  const text = wire.url.value;
  if (text === null) return undefined;
  const [, address = text, path = ""] = /^(\S+) \[(.*)\]$/s.exec(text) ?? [];
  return {
    address,
    path,
    standing: wire.status.value ?? "!sync",
    problem: wire.status.error ?? undefined,
    lfs: wire.lfs ?? false,
    format: wire.format ?? "",
    branch: wire.branch ?? "",
    pushed: wire.pushed_date ?? undefined,
  };
}

/** The address and the file as one text, as the server takes them. */
export function locationOf({ address, path }: Pick<RepositoryWish, "address" | "path">): string {
  const file = path.trim();
  return file === "" ? address.trim() : `${address.trim()} [${file}]`;
}

/** Whether this server can use git repositories. */
export async function askGit(signal: AbortSignal): Promise<boolean> {
  const plugins = await call<Record<string, boolean>>("GET", "/server/plugins", { signal });
  return plugins.GIT_INTEGRATION === true;
}

export async function readRepository(taskId: number, signal: AbortSignal): Promise<Repository | undefined> {
  return repositoryOf(await callGit<WireRepository>("GET", `/get/${taskId}`, { signal }));
}

/** Make it the task's repository, once the server has reached it. Raises ApiError, Error with the server's sentence. */
export async function connectRepository(
  taskId: number,
  wish: RepositoryWish,
  signal: AbortSignal,
): Promise<void> {
  const body = { path: locationOf(wish), lfs: wish.lfs, format: wish.format, tid: taskId };
  const { rq_id } = await callGit<{ rq_id: string }>("POST", `/create/${taskId}`, { body, signal });
  try {
    await follow(rq_id, signal);
  } catch (error) {
    if (signal.aborted) await cancelConnecting(taskId);
    throw error;
  }
}

/** Push the task's annotations and wait until they are. Raises as `connectRepository`. */
export async function pushRepository(taskId: number): Promise<void> {
  const { rq_id } = await callGit<{ rq_id: string }>("GET", `/push/${taskId}`);
  await follow(rq_id, undefined);
}

/** Ask until it has come to its end, slower and slower. Pages look at the operations when it begins and ends. */
async function follow(rqId: string, signal: AbortSignal | undefined): Promise<void> {
  noteOperationStarted();
  try {
    for (let pauseMs = FIRST_MS; ; pauseMs = Math.min(LONGEST_MS, 1.5 * pauseMs)) {
      const found = await callGit<Progress>("GET", `/check/${rqId}`, signal === undefined ? {} : { signal });
      if (found.status === "finished") return;
      if (found.status === "failed" || found.status === "unknown")
        throw new Error(found.stderr || t("repository.gone"));
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      signal?.throwIfAborted();
    }
  } finally {
    noteOperationStarted();
  }
}

async function cancelConnecting(taskId: number): Promise<void> {
  const running = await listOperations().catch(() => []);
  const found = running.find((each) => each.task_id === taskId && each.kind === "connect");
  if (found !== undefined) await cancelOperation(found.id).catch(() => undefined);
}

/** Whoever is not signed in is not told by a 401 here: they are sent to a page, or told where it is. */
function callGit<Result>(method: string, path: string, options: CallOptions = {}): Promise<Result> {
  return withSignIn(async () => {
    const { body, headers } = await send(method, path, { ...options, root: ROOT }).catch(asUnsigned);
    if (typeof body === "object" && body !== null) return body as Result;
    throw new ApiError(401, t("sign-in.again"), body, headers);
  });
}

function asUnsigned(error: unknown): never {
  const isUnsigned =
    error instanceof ApiError && typeof error.body === "object" && "login_page_url" in (error.body ?? {});
  throw isUnsigned ? new ApiError(401, error.message, error.body, error.headers) : error;
}
