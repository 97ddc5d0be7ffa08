import "./app.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { takeToken } from "./bearer";
import { locale, productName, startLocale } from "./i18n";
import { startSession } from "./session";
import { startTheme } from "./theme";
import { App, preloadPage } from "./ui/app";
import { route, startRoutes } from "./ui/routes";

startTheme();
startLocale();
takeToken();
startRoutes();
preloadPage(route.value);
void startSession();
effect(() => {
  document.documentElement.lang = locale.value;
  document.title = productName();
});

const app = document.getElementById("app");
if (app === null) throw new Error("index.html has no element with the id app");
render(<App />, app);
