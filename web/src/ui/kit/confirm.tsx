import { signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { t } from "../../i18n";
import { Button } from "./button";
import { Dialog } from "./dialog";

export interface Question {
  readonly title: string;
  readonly body: ComponentChildren;
  /** What the button that goes on says: the deed, not "OK". */
  readonly action: string;
  readonly cancel?: string;
  readonly tone?: "primary" | "danger";
}

interface Asked extends Question {
  readonly answer: (agreed: boolean) => void;
}

const questions = signal<readonly Asked[]>([]);

/** Ask in a dialog; answers whether the person agreed. Esc does not. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const asked: Asked = {
      ...question,
      answer: (agreed) => {
        questions.value = questions.value.filter((each) => each !== asked);
        resolve(agreed);
      },
    };
    questions.value = [...questions.value, asked];
  });
}

/** Shows the questions of `confirm`; mounted once. */
export function Questions(): JSX.Element | null {
  const asked = questions.value[0];
  if (asked === undefined) return null;
  const { title, body, action, cancel, tone = "primary", answer } = asked;
  return (
    <Dialog
      title={title}
      size="small"
      role="alertdialog"
      onClose={() => answer(false)}
      footer={
        <>
          <Button autofocus={tone === "danger"} onClick={() => answer(false)}>
            {cancel ?? t("cancel")}
          </Button>
          <Button tone={tone} autofocus={tone !== "danger"} onClick={() => answer(true)}>
            {action}
          </Button>
        </>
      }
    >
      {body}
    </Dialog>
  );
}
