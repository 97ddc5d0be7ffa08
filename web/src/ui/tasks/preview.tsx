import { useSignal } from "@preact/signals";
import { ImageOff } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { addressOf } from "../../api";
import { Icon, type IconNode } from "../kit/icon";
import type { WireTask } from "./wire";

/** The first image of a task, small; fetched when it comes into sight. */
export function Preview({ task }: { task: WireTask }): JSX.Element {
  return <Picture taskId={(task.size ?? 0) > 0 ? task.id : undefined} fallback={ImageOff} />;
}

export interface PictureProps {
  /** Undefined: there is nothing to show. */
  readonly taskId: number | undefined;
  /** Stands where the image would, when it is not to be had. */
  readonly fallback: IconNode;
}

export function Picture({ taskId, fallback }: PictureProps): JSX.Element {
  const failed = useSignal(false);
  useEffect(() => {
    failed.value = false;
  }, [taskId, failed]);
  return (
    <div class="preview">
      {taskId !== undefined && !failed.value ? (
        <img
          src={addressOf(`/tasks/${taskId}/data`, { type: "preview" })}
          alt=""
          loading="lazy"
          decoding="async"
          onError={() => {
            failed.value = true;
          }}
        />
      ) : (
        <Icon icon={fallback} size={24} />
      )}
    </div>
  );
}
