import "./people.css";
import { useSignal } from "@preact/signals";
import { TriangleAlert } from "lucide";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { Form, TextField } from "../kit/field";
import { Icon } from "../kit/icon";
import { problemOf } from "../problem";
import { isLastAdmin } from "./last-admin";
import { deleteUser, type WireUser } from "./wire";

export interface DeleteUserProps {
  readonly user: WireUser;
  readonly isSelf: boolean;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

/** Tells what becomes of an account's things, and deletes it once its name has been typed. */
export function DeleteUser({ user, isSelf, onClose, onDeleted }: DeleteUserProps): JSX.Element {
  const typed = useSignal("");
  const problem = useSignal("");
  const busy = useSignal(false);
  const isLast = useSignal(false);
  useEffect(() => {
    void isLastAdmin(user.id).then((is) => {
      isLast.value = is;
    });
  }, [user.id, isLast]);
  const isSure = typed.value.trim() === user.username;
  const submit = async (): Promise<void> => {
    if (!isSure || busy.peek()) return;
    busy.value = true;
    problem.value = "";
    try {
      await deleteUser(user.id);
      onClose();
      onDeleted();
    } catch (error) {
      problem.value = problemOf(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog title={t("users.delete.title", { name: user.username })} role="alertdialog" onClose={onClose}>
      <p>{t("users.delete.text")}</p>
      <ul class="stays">
        <li>{t("users.delete.owned")}</li>
        <li>{t("users.delete.jobs")}</li>
        <li>{t("users.delete.work")}</li>
      </ul>
      {!isSelf && <p>{t("users.delete.instead")}</p>}
      {isLast.value && (
        <p class="warning">
          <Icon icon={TriangleAlert} />
          {t("users.last-admin")}
        </p>
      )}
      <Form onSubmit={() => void submit()}>
        <TextField
          label={t("users.delete.type", { name: user.username })}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          autofocus
          value={typed.value}
          onInput={(value) => {
            typed.value = value;
          }}
        />
        <p class="form-problem" role="alert">
          {problem.value}
        </p>
        <div class="form-actions">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" tone="danger" busy={busy.value} disabled={!isSure}>
            {t("users.delete.action")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
