import "./people.css";
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import { t } from "../../i18n";
import { askSession, session } from "../../session";
import { Button } from "../kit/button";
import { confirm } from "../kit/confirm";
import { Dialog } from "../kit/dialog";
import { Form } from "../kit/field";
import { toast } from "../kit/toast";
import { AccountFields, type Names } from "./account-fields";
import { type Problems, problemsByField } from "./field-problems";
import { isLastAdmin } from "./last-admin";
import { isAdminAnyway, type Risk, risksOf } from "./risks";
import { changesOf, type FullUser, isFull, patchUser, ROLES, type Role, type WireUser } from "./wire";

export interface UserDialogProps {
  readonly user: WireUser;
  readonly isSelf: boolean;
  /** Otherwise it only shows. */
  readonly mayEdit: boolean;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

const FIELDS = ["username", "email", "first_name", "last_name", "groups"] as const;
type Field = (typeof FIELDS)[number];

/** One account, to look at or to change: all of it for staff, names for others. */
export function UserDialog({ user, isSelf, mayEdit, onClose, onSaved }: UserDialogProps): JSX.Element {
  const edited = useSignal<WireUser>(user);
  const problems = useSignal<Problems<Field>>({});
  const busy = useSignal(false);
  const now = edited.value;
  const names: Names = { email: "", ...now };
  const changes = changesOf(user, trimmed(now));
  const isChanged = Object.keys(changes).length > 0;
  const save = async (): Promise<void> => {
    problems.value = now.username.trim() === "" ? { username: t("field.required") } : {};
    if (now.username.trim() === "" || !isChanged || busy.peek()) return;
    if (isSelf && !(await mayRisk(user, now))) return;
    busy.value = true;
    try {
      await patchUser(user.id, changes);
      toast(t("users.saved", { name: now.username.trim() }), { tone: "good", key: "user" });
      onClose();
      if (isSelf) session.value = await askSession();
      onSaved();
    } catch (error) {
      problems.value = problemsByField(error, FIELDS);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog title={t(mayEdit ? "users.edit" : "users.show", { name: user.username })} onClose={onClose}>
      <Form onSubmit={() => void save()}>
        <AccountFields
          names={names}
          problems={problems.value}
          email={isFull(now) ? "open" : "absent"}
          disabled={!mayEdit}
          onInput={(typed) => {
            const { email, ...rest } = typed;
            edited.value = { ...now, ...rest, ...(isFull(now) ? { email } : {}) };
          }}
        />
        {isFull(now) && (
          <RightsFields
            user={now}
            disabled={!mayEdit}
            problem={problems.value.groups}
            onChange={(rights) => {
              edited.value = { ...now, ...rights };
            }}
          />
        )}
        <p class="form-problem" role="alert">
          {problems.value.all}
        </p>
        <div class="form-actions">
          <Button onClick={onClose}>{t(mayEdit ? "cancel" : "close")}</Button>
          {mayEdit && (
            <Button type="submit" tone="primary" busy={busy.value} disabled={!isChanged}>
              {t("save")}
            </Button>
          )}
        </div>
      </Form>
    </Dialog>
  );
}

function trimmed(user: WireUser): WireUser {
  const texts = Object.entries(user).map(([name, value]) => [
    name,
    typeof value === "string" ? value.trim() : value,
  ]);
  return Object.fromEntries(texts) as WireUser;
}

/** Ask before somebody takes from themselves what they could not take back. */
async function mayRisk(before: WireUser, after: WireUser): Promise<boolean> {
  if (!isFull(before) || !isFull(after)) return true;
  for (const risk of risksOf(before, after)) {
    const isLast = risk !== "blind" && (await isLastAdmin(before.id));
    if (!(await confirm(questionOf(risk, isLast)))) return false;
  }
  return true;
}

function questionOf(risk: Risk, isLast: boolean): Parameters<typeof confirm>[0] {
  const action = risk === "switch-off" ? t("users.switch-off.action") : t("users.demote.action");
  const body: ComponentChildren = (
    <>
      <p>{t(`users.${risk}.text`)}</p>
      {isLast && <p class="warning">{t("users.last-admin")}</p>}
    </>
  );
  return { title: t(`users.${risk}.title`), body, action, tone: "danger" };
}

interface RightsFieldsProps {
  readonly user: FullUser;
  readonly disabled: boolean;
  readonly problem: string | undefined;
  readonly onChange: (
    rights: Partial<Pick<FullUser, "groups" | "is_staff" | "is_superuser" | "is_active">>,
  ) => void;
}

function RightsFields({ user, disabled, problem, onChange }: RightsFieldsProps): JSX.Element {
  const anyway = isAdminAnyway(user);
  const toggle = (role: Role, isHeld: boolean): void =>
    onChange({ groups: ROLES.filter((each) => (each === role ? isHeld : user.groups.includes(each))) });
  return (
    <>
      <fieldset class="rights" disabled={disabled}>
        <legend>{t("users.roles")}</legend>
        {ROLES.map((role) => {
          const comesWith = role === "admin" && anyway;
          return (
            <Tick
              key={role}
              label={t(`role.${role}`)}
              hint={comesWith ? t("users.admin.comes-with") : t(`role.${role}.hint`)}
              checked={comesWith || user.groups.includes(role)}
              disabled={comesWith}
              onChange={(checked) => toggle(role, checked)}
            />
          );
        })}
        {problem !== undefined && <p class="field-error">{problem}</p>}
      </fieldset>
      <fieldset class="rights" disabled={disabled}>
        <legend>{t("users.rights")}</legend>
        <Tick
          label={t("users.active")}
          hint={t("users.active.hint")}
          checked={user.is_active}
          onChange={(is_active) => onChange({ is_active })}
        />
        <Tick
          label={t("users.staff")}
          hint={t("users.staff.hint")}
          checked={user.is_staff}
          onChange={(is_staff) => onChange({ is_staff })}
        />
        <Tick
          label={t("users.superuser")}
          hint={t("users.superuser.hint")}
          checked={user.is_superuser}
          onChange={(is_superuser) => onChange({ is_superuser })}
        />
      </fieldset>
    </>
  );
}

interface TickProps {
  readonly label: string;
  readonly hint: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

function Tick({ label, hint, checked, disabled = false, onChange }: TickProps): JSX.Element {
  const id = useId();
  return (
    <div class="right">
      <input
        id={id}
        type="checkbox"
        aria-describedby={`${id}-hint`}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      <div id={`${id}-hint`} class="field-hint">
        {hint}
      </div>
    </div>
  );
}
