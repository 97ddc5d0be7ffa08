import "./repository.css";
import { type Signal, useSignal } from "@preact/signals";
import { CircleAlert, GitBranch, GitMerge, RefreshCw, Upload } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { call } from "../../api";
import { t } from "../../i18n";
import { session } from "../../session";
import { age, moment } from "../format";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { Field, Form, TextField } from "../kit/field";
import { Icon } from "../kit/icon";
import { toast } from "../kit/toast";
import { tip } from "../kit/tooltip";
import { problemOf } from "../problem";
import { useResource } from "../resource";
import {
  askGit,
  connectRepository,
  pushRepository,
  type Repository,
  type RepositoryWish,
  readRepository,
  type Standing,
} from "./repositories";
import { mayChange } from "./task-menu";
import { Running } from "./task-row";
import type { Formats } from "./transfer";
import type { WireOperation, WireTask } from "./wire";

export const NO_REPOSITORY: RepositoryWish = { address: "", path: "", lfs: false, format: "" };

/** Whether an operation is shown by `TaskRepository`, not by the page. */
export const isOfRepository = ({ kind }: WireOperation): boolean => kind === "connect" || kind === "push";

const STATES: Record<Standing, { readonly tone: string; readonly icon: typeof GitBranch }> = {
  "!sync": { tone: "warn", icon: Upload },
  syncing: { tone: "accent", icon: RefreshCw },
  sync: { tone: "accent", icon: GitBranch },
  merged: { tone: "good", icon: GitMerge },
};

interface TaskRepositoryProps {
  readonly task: WireTask;
  /** The task's operations at work now. */
  readonly operations: readonly WireOperation[];
}

/** The git repository of a task, on a server that can use them. */
export function TaskRepository({ task, operations }: TaskRepositoryProps): JSX.Element | null {
  const { state } = useResource("git", askGit);
  if (state.name !== "ready" || !state.value) return null;
  return <Shown task={task} operations={operations.filter(isOfRepository)} />;
}

function Shown({ task, operations }: TaskRepositoryProps): JSX.Element | null {
  const { state, reload } = useResource(`${task.id} ${task.updated_date}`, (signal) =>
    readRepository(task.id, signal),
  );
  useWhenFewer(operations.length, () => void reload());
  const { push, isPushing, failure } = usePush(task, reload);
  const isOpen = useSignal(false);
  const now = session.value;
  const may = mayChange(task) && now.name === "signed-in" && now.user.mayCreateTasks;
  const repository = state.name === "ready" ? state.value : undefined;
  if (state.name === "loading" || (state.name === "ready" && repository === undefined && !may)) return null;
  return (
    <section class="card card-pad" aria-labelledby="repository-title">
      <div class="repository-head">
        <h2 id="repository-title">{t("repository")}</h2>
        {repository !== undefined && <State repository={repository} isPushing={isPushing.value} />}
        <span class="repository-actions">
          {may && state.name === "ready" && (
            <Button
              disabled={isPushing.value}
              onClick={() => {
                isOpen.value = true;
              }}
            >
              {t(repository === undefined ? "repository.connect" : "repository.change")}
            </Button>
          )}
          {repository !== undefined && task.segments.length > 0 && (
            <PushButton repository={repository} isPushing={isPushing.value} onPush={push} />
          )}
        </span>
      </div>
      {operations.map((each) => (
        <Running key={each.id} operation={each} />
      ))}
      {state.name === "failed" && <Problem text={problemOf(state.error)} onRetry={() => void reload()} />}
      {failure.value !== "" && <Problem text={t("repository.failed", { reason: failure.value })} />}
      {failure.value === "" && repository?.problem !== undefined && (
        <Problem
          text={t("repository.unseen", { reason: repository.problem })}
          onRetry={() => void reload()}
        />
      )}
      {state.name === "ready" && repository === undefined && <p class="quiet">{t("repository.none")}</p>}
      {repository !== undefined && <Facts repository={repository} />}
      {isOpen.value && (
        <RepositoryDialog
          task={task}
          repository={repository}
          onClose={() => {
            isOpen.value = false;
          }}
          onConnected={() => {
            failure.value = "";
            void reload();
          }}
        />
      )}
    </section>
  );
}

/** Call `then` whenever `count` has become less: an operation, of whomever, has come to its end. */
function useWhenFewer(count: number, then: () => void): void {
  const before = useRef(count);
  useEffect(() => {
    if (count < before.current) then();
    before.current = count;
  });
}

/** The way to push, whether this page is at it, and why the last try failed. */
function usePush(task: WireTask, reload: () => Promise<void>) {
  const isPushing = useSignal(false);
  const failure = useSignal("");
  const push = async (): Promise<void> => {
    failure.value = "";
    isPushing.value = true;
    try {
      await pushRepository(task.id);
      toast(t("repository.pushed", { name: task.name }), { tone: "good" });
    } catch (error) {
      failure.value = problemOf(error);
    }
    isPushing.value = false;
    await reload();
  };
  return { push, isPushing, failure };
}

function PushButton(props: {
  repository: Repository;
  isPushing: boolean;
  onPush: () => Promise<void>;
}): JSX.Element {
  const { repository, isPushing, onPush } = props;
  return (
    <Button
      icon={Upload}
      tone={repository.standing === "!sync" ? "primary" : "plain"}
      busy={isPushing || repository.standing === "syncing"}
      onClick={() => void onPush()}
    >
      {t("repository.push")}
    </Button>
  );
}

function State({ repository, isPushing }: { repository: Repository; isPushing: boolean }): JSX.Element {
  const standing = isPushing ? "syncing" : repository.standing;
  const { tone, icon } = STATES[standing];
  const isNew = standing === "!sync" && repository.pushed === undefined;
  return (
    <span class={`repository-state ${tone}`} role="status">
      <Icon icon={icon} size={14} />
      {t(isNew ? "repository.state.new" : `repository.state.${standing}`)}
    </span>
  );
}

function Problem({ text, onRetry }: { text: string; onRetry?: () => void }): JSX.Element {
  return (
    <div class="repository-problem" role="alert">
      <Icon icon={CircleAlert} />
      <span>{text}</span>
      {onRetry !== undefined && <Button onClick={onRetry}>{t("retry")}</Button>}
    </div>
  );
}

function Facts({ repository }: { repository: Repository }): JSX.Element {
  const { address, path, branch, format, lfs, pushed } = repository;
  return (
    <dl class="repository-facts">
      <dt>{t("repository.address")}</dt>
      <dd class="mono">
        <bdi>{address}</bdi>
      </dd>
      <dt>{t("repository.file")}</dt>
      <dd class="mono">
        <bdi>{path}</bdi>
      </dd>
      <dt>{t("repository.branch")}</dt>
      <dd class="mono">
        <bdi>{branch}</bdi>
      </dd>
      <dt>{t("format")}</dt>
      <dd>
        {format === "" ? t("repository.format.own") : format}
        {lfs && <span class="quiet"> · Git LFS</span>}
      </dd>
      {pushed !== undefined && (
        <>
          <dt>{t("repository.last")}</dt>
          <dd>
            <span {...tip(moment(pushed))}>{age(pushed)}</span>
          </dd>
        </>
      )}
    </dl>
  );
}

interface RepositoryDialogProps {
  readonly task: WireTask;
  readonly repository: Repository | undefined;
  readonly onClose: () => void;
  readonly onConnected: () => void;
}

/** What is typed, and the visit of the server to the repository. */
function useConnecting({ task, repository, onClose, onConnected }: RepositoryDialogProps) {
  const wish = useSignal<RepositoryWish>(repository ?? NO_REPOSITORY);
  const problem = useSignal("");
  const isMissing = useSignal(false);
  const flight = useSignal<AbortController | undefined>(undefined);
  const close = (): void => {
    flight.value?.abort();
    onClose();
  };
  const connect = async (): Promise<void> => {
    problem.value = "";
    isMissing.value = wish.value.address.trim() === "";
    if (isMissing.value || flight.value !== undefined) return;
    const own = new AbortController();
    flight.value = own;
    try {
      await connectRepository(task.id, wish.value, own.signal);
      onConnected();
      onClose();
    } catch (error) {
      if (!own.signal.aborted) problem.value = problemOf(error);
    }
    flight.value = undefined;
  };
  return { wish, problem, isMissing, isBusy: flight.value !== undefined, close, connect };
}

/** Asks for the repository, and closes once the server has reached it. */
function RepositoryDialog(props: RepositoryDialogProps): JSX.Element {
  const { wish, problem, isMissing, isBusy, close, connect } = useConnecting(props);
  const isFirst = props.repository === undefined;
  return (
    <Dialog title={t(isFirst ? "repository.connect.title" : "repository.change.title")} onClose={close}>
      <Form onSubmit={() => void connect()}>
        <fieldset class="repository-fields" disabled={isBusy}>
          <AddressField
            label={t("repository.address")}
            hint={t("repository.address.hint")}
            wish={wish}
            isMissing={isMissing.value}
            autofocus
          />
          <TextField
            label={t("repository.file")}
            hint={t("repository.file.hint")}
            placeholder="annotation/….zip"
            value={wish.value.path}
            spellcheck={false}
            autocapitalize="none"
            onInput={(path) => {
              wish.value = { ...wish.value, path };
            }}
          />
          <FormatField wish={wish} />
          <LfsChoice wish={wish} />
        </fieldset>
        {!isFirst && <p class="quiet">{t("repository.change.hint")}</p>}
        <p class="form-problem" role="alert">
          {problem.value}
        </p>
        <div class="form-actions">
          <Button onClick={close}>{t("cancel")}</Button>
          <Button type="submit" tone="primary" busy={isBusy}>
            {t(isBusy ? "repository.reaching" : "repository.save")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

function AddressField(props: {
  label: string;
  hint: string;
  wish: Signal<RepositoryWish>;
  isMissing?: boolean;
  autofocus?: boolean;
}): JSX.Element {
  const { label, hint, wish, isMissing = false, autofocus = false } = props;
  return (
    <TextField
      label={label}
      hint={hint}
      placeholder="git@example.org:team/annotations.git"
      value={wish.value.address}
      error={isMissing ? t("field.required") : undefined}
      autofocus={autofocus}
      spellcheck={false}
      autocapitalize="none"
      autocomplete="off"
      maxLength={500}
      onInput={(address) => {
        wish.value = { ...wish.value, address };
      }}
    />
  );
}

function FormatField({ wish }: { wish: Signal<RepositoryWish> }): JSX.Element {
  const { state } = useResource("exporters", (signal) =>
    call<Formats>("GET", "/server/annotation/formats", { signal }),
  );
  const known = state.name === "ready" ? state.value.exporters.filter((each) => each.enabled) : [];
  const names = known.map((each) => each.name);
  const { format } = wish.value;
  return (
    <Field label={t("format")}>
      {(control) => (
        <select
          {...control}
          value={format}
          onChange={(event) => {
            wish.value = { ...wish.value, format: event.currentTarget.value };
          }}
        >
          <option value="">{t("repository.format.own")}</option>
          {(names.includes(format) || format === "" ? names : [format, ...names]).map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function LfsChoice({ wish }: { wish: Signal<RepositoryWish> }): JSX.Element {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={wish.value.lfs}
        onChange={(event) => {
          wish.value = { ...wish.value, lfs: event.currentTarget.checked };
        }}
      />
      <span>
        {t("repository.lfs")} <span class="quiet">{t("repository.lfs.hint")}</span>
      </span>
    </label>
  );
}

/** The repository of a task that is yet to be made, where the server can use one. */
export function NewRepository({ wish }: { wish: Signal<RepositoryWish> }): JSX.Element | null {
  const { state } = useResource("git", askGit);
  if (state.name !== "ready" || !state.value) return null;
  return (
    <div class="new-repository">
      <AddressField label={t("repository.new")} hint={t("repository.new.hint")} wish={wish} />
      {wish.value.address.trim() !== "" && <LfsChoice wish={wish} />}
    </div>
  );
}
