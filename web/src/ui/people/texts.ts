/** What the pages of people and of the server say: fetched with them. */

import { addTexts } from "../../i18n";
import en from "../../locales/en-US/people.json";
import zh from "../../locales/zh-CN/people.json";

addTexts({ "en-US": en, "zh-CN": zh });
