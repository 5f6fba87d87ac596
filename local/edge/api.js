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

const lowerCased = (headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
