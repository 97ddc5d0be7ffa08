/** What the page of statistics says: fetched with it. */

import { addTexts } from "../../i18n";
import en from "../../locales/en-US/statistics.json";
import zh from "../../locales/zh-CN/statistics.json";

addTexts({ "en-US": en, "zh-CN": zh });
