import "./review.css";
import "./texts";
import { Star } from "lucide";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { t } from "../../i18n";
import { number } from "../format";
import { Icon } from "../kit/icon";
import { MOST_STARS } from "./estimate";

const ALL = Array.from({ length: MOST_STARS }, (_, index) => index + 1);

/** So many of five stars, in parts of one too. */
export function StarsShown({ value }: { value: number }): JSX.Element {
  const text = t("review.stars", { stars: number(value, 1) });
  return (
    <span class="stars" role="img" aria-label={text} style={{ "--stars": value }}>
      <StarRow />
    </span>
  );
}

/** Chooses 0 to 5 stars; shows `value`, which need not be whole. */
export function StarField({
  value,
  chosen,
  onPick,
}: {
  value: number;
  /** Undefined while the estimate stands. */
  chosen: number | undefined;
  onPick: (stars: number) => void;
}): JSX.Element {
  const name = useId();
  return (
    <fieldset class="star-field">
      <legend class="for-readers">{t("review.quality")}</legend>
      {[0, ...ALL].map((stars) => (
        <label key={stars} class={stars === 0 ? "no-star" : "one-star"}>
          <input
            type="radio"
            name={name}
            value={stars}
            checked={chosen === stars}
            onChange={() => onPick(stars)}
          />
          <span class="for-readers">{t("review.stars", { stars })}</span>
          {stars === 0 && <span aria-hidden="true">0</span>}
        </label>
      ))}
      <span class="stars" aria-hidden="true" style={{ "--stars": value }}>
        <StarRow />
      </span>
    </fieldset>
  );
}

/** Empty stars, and full ones over as much of them as there are. */
function StarRow(): JSX.Element {
  return (
    <>
      <span class="stars-empty">
        {ALL.map((star) => (
          <Icon key={star} icon={Star} size={20} />
        ))}
      </span>
      <span class="stars-full">
        {ALL.map((star) => (
          <Icon key={star} icon={Star} size={20} />
        ))}
      </span>
    </>
  );
}
