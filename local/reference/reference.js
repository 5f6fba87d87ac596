// The API reference: Swagger UI on the document that the route table makes. Its calls go to the
// local cloud itself, which is the origin of this page, so nothing else is ever asked.
const DARK = matchMedia('(prefers-color-scheme: dark)');

function follow() {
  document.documentElement.classList.toggle('dark-mode', DARK.matches);
}

DARK.addEventListener('change', follow);
follow();

const ui = window.SwaggerUIBundle({
  url: '/docs/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null, // the default would send the document to another host
  onComplete: () => { document.documentElement.dataset.ready = 'true'; },
});

document.querySelector('#guest').addEventListener('click', async () => {
  const said = document.querySelector('#said');
  const answer = await fetch('/v1/guests', { method: 'POST' });
  const guest = await answer.json();
  if (!answer.ok) {
    said.textContent = guest.detail ?? `The answer was ${answer.status}.`;
    return;
  }
  ui.preauthorizeApiKey('token', guest.access_token);
  said.textContent = `You are ${guest.viewer_id}: every call below sends this guest's token.`;
});
