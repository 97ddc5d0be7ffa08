/** Swagger UI as its makers built it, loaded as a script of its own: the bundler has no use for its 1.7 MB. */

import "swagger-ui-dist/swagger-ui.css";
import bundle from "swagger-ui-dist/swagger-ui-bundle.js?url";

interface SwaggerRequest {
  method?: string;
  headers: Record<string, string>;
}

type SwaggerUi = (settings: {
  domNode: HTMLElement;
  url: string;
  deepLinking: boolean;
  docExpansion: "none" | "list" | "full";
  validatorUrl: null;
  requestInterceptor: (request: SwaggerRequest) => SwaggerRequest;
}) => unknown;

/** Show the API whose document the page names, ready to be tried by whoever is signed in. */
export async function showSwagger(place: HTMLElement): Promise<void> {
  followTheme();
  await load(bundle);
  const { SwaggerUIBundle } = window as unknown as { SwaggerUIBundle: SwaggerUi };
  SwaggerUIBundle({
    domNode: place,
    url: place.dataset.document ?? "",
    deepLinking: true,
    docExpansion: "list",
    // Nothing is sent to a server of its makers.
    validatorUrl: null,
    requestInterceptor: withCsrf,
  });
}

/** Swagger UI marks its night by a class, not by the colour scheme. */
function followTheme(): void {
  const night = matchMedia("(prefers-color-scheme: dark)");
  const show = () => {
    const { classList, dataset } = document.documentElement;
    classList.toggle("dark-mode", dataset.theme === "dark" || (dataset.theme === "system" && night.matches));
  };
  night.addEventListener("change", show);
  show();
}

/** Echo the CSRF cookie, which requests of a session that change something must. */
function withCsrf(request: SwaggerRequest): SwaggerRequest {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1];
  const isSafe = (request.method ?? "GET").toUpperCase() === "GET";
  if (cookie !== undefined && !isSafe) request.headers["X-CSRFTOKEN"] = cookie;
  return request;
}

function load(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`${address} could not be loaded`));
    document.head.append(script);
  });
}
