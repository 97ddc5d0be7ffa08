/** What pages say of datasets: fetched with the pages. */

import { addTexts } from "../../i18n";
import en from "../../locales/en-US/datasets.json";
import zh from "../../locales/zh-CN/datasets.json";

addTexts({ "en-US": en, "zh-CN": zh });
