/** What the pages of projects and tasks say besides what all pages do: fetched with them. */

import { addTexts } from "../../i18n";
import en from "../../locales/en-US/projects.json";
import zh from "../../locales/zh-CN/projects.json";

addTexts({ "en-US": en, "zh-CN": zh });
