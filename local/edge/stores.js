import { forward } from './forward.js';

const SALE = /^\/_stores\/(apple|google)\/([a-z-]+)$/;

/**
 * The stand-in stores, for the demo page: on a phone the store is part of the device, here it is
 * `/_stores/{apple,google}/{operation}` of the page's own origin. Only what a tool may do is
 * reached, and the stores' own APIs are not. No CloudFront has this. Returns
 * `serve(pathname, request, response)`.
 */
export function standInStores(config) {
  return function serve(pathname, request, response) {
    const [, store, operation] = SALE.exec(pathname) ?? [];
    const endpoint = config.stores?.[store];
    if (!endpoint) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such store.\n');
      return undefined;
    }
    const { authorization, cookie, ...headers } = request.headers;
    return forward(endpoint, request, response, {
      path: `/_store/${operation}`,
      headers: { ...headers, host: new URL(endpoint).host },
    });
  };
}
