/** What has been saved, and what has not: the truth in a few words, and more of it on a click. */

import "./save-chip.css";
import { useComputed, useSignal } from "@preact/signals";
import {
  CircleCheck,
  CircleDashed,
  CloudOff,
  Lock,
  LogOut,
  RefreshCw,
  TriangleAlert,
  UserRoundPen,
} from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { locale, t } from "../i18n";
import type { Sync, SyncState } from "../sync/sync";
import { ConflictList, ObjectLine, type ObjectsProps } from "./conflicts";
import { Button } from "./kit/button";
import { Icon, type IconNode } from "./kit/icon";
import { placeBeside } from "./kit/placing";
import { toast } from "./kit/toast";

/** Shows how the saving of a job stands; a click opens the details. Tells once of work restored from a page before. */
export function SaveChip(props: ObjectsProps): JSX.Element {
  const { sync } = props;
  const button = useRef<HTMLButtonElement>(null);
  const details = useRef<HTMLDivElement>(null);
  const isOpen = useSignal(false);
  const restored = sync.restored.value;
  useEffect(() => {
    if (restored > 0) toast(t("sync.restored", { count: restored }), { tone: "good", key: "sync.restored" });
  }, [restored]);
  const state = sync.state.value;
  const conflicts = sync.conflicts.value.length;
  const { icon, tone } = looksOf(state);
  return (
    <>
      <button
        ref={button}
        type="button"
        class={`save-chip ${conflicts > 0 && tone !== "danger" ? "warn" : tone}`}
        aria-expanded={isOpen.value}
        aria-haspopup="dialog"
        title={describeSaving(sync)}
        onClick={() => details.current?.togglePopover()}
      >
        <Icon icon={icon} />
        <span>{wordsOf(state)}</span>
        {conflicts > 0 && <span class="save-chip-count">{t("sync.conflicts", { count: conflicts })}</span>}
        {!sync.journaled.value && <Icon icon={TriangleAlert} />}
      </button>
      <Announcement sync={sync} />
      <div
        ref={details}
        class="save-details"
        popover="auto"
        role="dialog"
        aria-label={t("sync.details")}
        onToggle={(event) => {
          isOpen.value = event.newState === "open";
          const owner = button.current?.getBoundingClientRect();
          if (isOpen.value && owner !== undefined) placeBeside(event.currentTarget, owner, { align: "end" });
        }}
      >
        {isOpen.value && <Details {...props} />}
      </div>
    </>
  );
}

/** Tells those who hear the page when the saving stops and when it goes on again, not of each box. */
function Announcement({ sync }: { readonly sync: Sync }): JSX.Element {
  const text = useComputed(() => {
    const state = sync.state.value;
    return ["saved", "waiting", "saving"].includes(state.name) ? "" : aboutOf(state);
  });
  return (
    <span class="save-said" role="status">
      {text}
    </span>
  );
}

function Details(props: ObjectsProps): JSX.Element {
  const { sync } = props;
  const state = sync.state.value;
  const lastSaved = sync.lastSave.value?.at;
  const isElsewhere = state.name === "read-only" && state.reason === "other-tab";
  const sentence = state.name === "failing" || state.name === "read-only" ? state.sentence : "";
  return (
    <>
      <p>{aboutOf(state)}</p>
      {sentence !== "" && <p class="quiet">{sentence}</p>}
      <RefusedList {...props} />
      {sync.conflicts.value.length > 0 && (
        <>
          <p>{t("sync.conflict.intro")}</p>
          <ConflictList {...props} />
        </>
      )}
      {lastSaved !== undefined && <p class="quiet">{t("sync.last-saved", { time: timeOf(lastSaved) })}</p>}
      {!isElsewhere && <p class="quiet">{t(sync.journaled.value ? "sync.journal" : "sync.no-journal")}</p>}
      <div class="actions">
        {isElsewhere && <TakeOver sync={sync} />}
        {state.name !== "read-only" && state.name !== "signed-out" && (
          <Button onClick={() => void sync.saveNow()}>
            {t(state.name === "offline" || state.name === "failing" ? "sync.try-now" : "sync.save-now")}
          </Button>
        )}
      </div>
    </>
  );
}

function RefusedList(props: ObjectsProps): JSX.Element | null {
  const refused = props.sync.refused.value;
  if (refused.length === 0) return null;
  return (
    <ul class="refused">
      {refused.map(({ cid, sentence }) => (
        <li key={cid}>
          <ObjectLine {...props} cid={cid} object={props.sync.document.get(cid)} />
          <p>{sentence}</p>
        </li>
      ))}
    </ul>
  );
}

function TakeOver({ sync }: { readonly sync: Sync }): JSX.Element {
  const busy = useSignal(false);
  const takeOver = async (): Promise<void> => {
    busy.value = true;
    try {
      await sync.takeOver();
    } catch {
      toast(t("sync.take-over.failed"), { tone: "danger", key: "sync.take-over" });
    }
    busy.value = false;
  };
  return (
    <>
      <Button tone="primary" busy={busy.value} onClick={() => void takeOver()}>
        {t("sync.take-over")}
      </Button>
      <span class="quiet">{t("sync.take-over.hint")}</span>
    </>
  );
}

/** How the saving stands, in a sentence: what Ctrl+S answers. */
export function describeSaving(sync: Sync): string {
  const state = sync.state.value;
  const about = aboutOf(state);
  if (state.name === "failing") return `${about} ${state.sentence}`;
  return state.name === "refused" ? `${about} ${state.sentences.join(" ")}` : about;
}

const LOOKS: Record<SyncState["name"], { icon: IconNode; tone: "good" | "plain" | "warn" | "danger" }> = {
  saved: { icon: CircleCheck, tone: "good" },
  waiting: { icon: CircleDashed, tone: "plain" },
  saving: { icon: RefreshCw, tone: "plain" },
  offline: { icon: CloudOff, tone: "warn" },
  failing: { icon: TriangleAlert, tone: "danger" },
  refused: { icon: TriangleAlert, tone: "danger" },
  "signed-out": { icon: LogOut, tone: "warn" },
  "read-only": { icon: Lock, tone: "warn" },
};

function looksOf(state: SyncState): (typeof LOOKS)[SyncState["name"]] {
  const isElsewhere = state.name === "read-only" && state.reason === "other-person";
  return isElsewhere ? { icon: UserRoundPen, tone: "danger" } : LOOKS[state.name];
}

function wordsOf(state: SyncState): string {
  switch (state.name) {
    case "saved":
      return state.at === undefined
        ? t("sync.saved.nothing-new")
        : t("sync.saved", { time: timeOf(state.at) });
    case "read-only":
      return state.count > 0 ? t("sync.read-only.unsaved", { count: state.count }) : t("sync.read-only");
    default:
      return t(`sync.${state.name}`, { count: state.count });
  }
}

function aboutOf(state: SyncState): string {
  switch (state.name) {
    case "saved":
      return t("sync.about.saved");
    case "offline":
      return t("sync.about.offline", {
        count: state.count,
        since: timeOf(state.since),
        time: timeOf(state.retryAt),
      });
    case "failing":
      return t("sync.about.failing", { count: state.count, time: timeOf(state.retryAt) });
    case "read-only":
      return t(`sync.about.${state.reason}`, { count: state.count });
    default:
      return t(`sync.about.${state.name}`, { count: state.count });
  }
}

function timeOf(date: Date): string {
  return date.toLocaleTimeString(locale.value, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}
