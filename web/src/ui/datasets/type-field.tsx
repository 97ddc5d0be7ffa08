import type { JSX } from "preact";
import { t } from "../../i18n";
import { Field } from "../kit/field";
import { toast } from "../kit/toast";
import { problemOf } from "../problem";
import { ANNOTATION_TYPES, type AnnotationType, annotationTypeOf } from "./words";

export interface AnnotationTypeFieldProps {
  readonly value: AnnotationType | "";
  readonly onPick: (picked: AnnotationType | "") => void;
  /** Whether one must be chosen. */
  readonly required?: boolean;
}

/** What annotations are for, with what that means for the work. */
export function AnnotationTypeField(props: AnnotationTypeFieldProps): JSX.Element {
  const { value, onPick, required = false } = props;
  return (
    <Field
      label={t("annotation-type")}
      hint={t(value === "" ? "annotation-type.none.hint" : `annotation-type.${value}.hint`)}
    >
      {(control) => (
        <select
          {...control}
          value={value}
          onChange={(event) => {
            onPick(annotationTypeOf(event.currentTarget.value) ?? "");
          }}
        >
          {!required && <option value="">{t("annotation-type.none")}</option>}
          <Types />
        </select>
      )}
    </Field>
  );
}

function Types(): JSX.Element {
  return (
    <>
      {ANNOTATION_TYPES.map((each) => (
        <option key={each} value={each}>
          {t(`annotation-type.${each}`)}
        </option>
      ))}
    </>
  );
}

export interface AnnotationTypeFactProps {
  readonly value: AnnotationType | "";
  readonly mayEdit: boolean;
  readonly onPatch: (body: { readonly annotation_type: AnnotationType | "" }) => Promise<void>;
}

/** The annotation type of a task among its facts, changed where it stands. */
export function AnnotationTypeFact({ value, mayEdit, onPatch }: AnnotationTypeFactProps): JSX.Element | null {
  if (!mayEdit && value === "") return null;
  return (
    <label class="fact">
      <span class="quiet">{t("annotation-type")}</span>
      <select
        class="fact-select"
        value={value}
        disabled={!mayEdit}
        onChange={async ({ currentTarget }) => {
          try {
            await onPatch({ annotation_type: annotationTypeOf(currentTarget.value) ?? "" });
          } catch (error) {
            currentTarget.value = value;
            toast(problemOf(error), { tone: "danger", key: "in-place" });
          }
        }}
      >
        <option value="">{t("annotation-type.none")}</option>
        <Types />
      </select>
    </label>
  );
}
