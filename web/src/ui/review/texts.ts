/** What reviews say: fetched with them. */

import { addTexts } from "../../i18n";
import en from "../../locales/en-US/review.json";
import zh from "../../locales/zh-CN/review.json";

addTexts({ "en-US": en, "zh-CN": zh });
