// The page of /api/docs: Swagger UI over the server's own description of its API. Requests that are tried out go with the session of
// whoever is signed in, so what is not a GET carries the session's token, as everywhere in the web UI.
const place = document.getElementById('docs');

const tokenOf = cookies => decodeURIComponent(/(?:^|; )platform-xsrf=([^;]*)/.exec(cookies)?.[1] ?? '');

window.SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  validatorUrl: null,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
  requestInterceptor: request => {
    if (request.method && request.method !== 'GET') request.headers['X-XSRF-TOKEN'] = tokenOf(document.cookie);
    return request;
  },
});
