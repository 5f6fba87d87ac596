import { forward } from './forward.js';

/**
 * The API behind the distribution. Returns `serve(request, response)`. What CloudFront alone
 * may say (the viewer's country, the origin's secret) is taken out of the client's headers
 * first, whatever the client sent.
 */
export function apiOrigin(config) {
  const added = {
    'cloudfront-viewer-country': config.viewer_country ?? 'US',
    ...lowerCased(config.api_headers ?? {}),
  };
  return function serve(request, response) {
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !name.startsWith('cloudfront-')),
    );
    const before = headers['x-forwarded-for'];
    const address = request.socket.remoteAddress;
    return forward(config.aws_endpoint, request, response, {
      path: `/_aws/execute-api/${config.api_id}/$default${request.url}`,
      headers: {
        ...headers,
        ...added,
        host: new URL(config.aws_endpoint).host,
        'x-forwarded-for': before ? `${before}, ${address}` : address,
        'x-forwarded-proto': 'http',
      },
    });
  };
}

/**
 * The answer to a path that the local gateway could read as another one, and so never sees: what
 * the API says of all that stands nowhere.
 */
export function nothingThere(response) {
  response.writeHead(404, { 'cache-control': 'no-store', 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({
    type: 'urn:cliffhanger:problem:route_not_found',
    title: 'There is nothing here',
    status: 404,
    detail: 'No id and no route is written with such characters.',
    code: 'route_not_found',
  }));
  return undefined;
}

const lowerCased = (headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
