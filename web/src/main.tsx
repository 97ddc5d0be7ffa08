import "./app.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { locale, productName, startLocale } from "./i18n";
import { startTheme } from "./theme";
import { Welcome } from "./ui/welcome";

startTheme();
startLocale();
effect(() => {
  document.documentElement.lang = locale.value;
  document.title = productName();
});

const app = document.getElementById("app");
if (app === null) throw new Error("index.html has no element with the id app");
render(<Welcome />, app);
