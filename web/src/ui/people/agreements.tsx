/** What one agrees to by registering, as the server's settings name it. */

import type { JSX } from "preact";
import { API } from "../../api";
import { t } from "../../i18n";
import { OuterLink } from "../kit/outer-link";

export interface Agreement {
  readonly name: string;
  readonly url: string;
  readonly required: boolean;
  readonly displayText: string;
}

export const TERMS = `${API}/restrictions/terms-of-use`;

/** Where an agreement can be read; undefined for an address that is no page. */
export function pageOf({ url }: Pick<Agreement, "url">): string | undefined {
  return /^(https?:\/\/|\/(?![/\\]))/i.test(url) ? url : undefined;
}

export interface AgreementsProps {
  readonly agreements: readonly Agreement[];
  readonly accepted: ReadonlySet<string>;
  readonly onChange: (accepted: ReadonlySet<string>) => void;
  /** Names of those that were missed when the form was sent. */
  readonly missing: readonly string[];
}

/** A box to tick for each agreement. */
export function Agreements({ agreements, accepted, onChange, missing }: AgreementsProps): JSX.Element | null {
  if (agreements.length === 0) return null;
  return (
    <fieldset class="agreements">
      <legend>{t("agreements")}</legend>
      {agreements.map((each, index) => {
        const page = pageOf(each);
        const isMissing = missing.includes(each.name);
        return (
          <div key={each.name} class="agreement">
            <input
              id={`agreement-${index}`}
              type="checkbox"
              checked={accepted.has(each.name)}
              required={each.required}
              aria-invalid={isMissing}
              aria-describedby={`agreement-${index}-about`}
              onChange={({ currentTarget }) => {
                const rest = [...accepted].filter((name) => name !== each.name);
                onChange(new Set(currentTarget.checked ? [...rest, each.name] : rest));
              }}
            />
            <label for={`agreement-${index}`}>
              {each.displayText || each.name}
              {!each.required && <span class="quiet"> {t("agreements.optional")}</span>}
            </label>
            <div id={`agreement-${index}-about`} class="agreement-about">
              {page !== undefined && <OuterLink to={page}>{t("agreements.read")}</OuterLink>}
              {isMissing && <span class="field-error">{t("agreements.missing")}</span>}
            </div>
          </div>
        );
      })}
    </fieldset>
  );
}
