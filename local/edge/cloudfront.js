import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import vm from 'node:vm';
import { validateToken } from './cwt.js';

// What a fresh context of Node has and cloudfront-js-2.0 does not document.
const ABSENT = [
  'AggregateError', 'Atomics', 'BigInt', 'BigInt64Array', 'BigUint64Array', 'FinalizationRegistry',
  'Intl', 'Iterator', 'Map', 'Proxy', 'Reflect', 'Set', 'SharedArrayBuffer', 'WeakMap', 'WeakRef',
  'WeakSet', 'WebAssembly', 'escape', 'eval', 'unescape',
];

/**
 * Loads a CloudFront Function from its file and returns `run(request, ip)`, which answers as
 * CloudFront would see it: the request to go on with, or a response (it has a `statusCode`).
 * Needs Node's `--experimental-vm-modules`.
 */
export async function cloudFrontFunction(file, { kvs, byteStrings }) {
  const log = (line) => process.stdout.write(`${JSON.stringify({ function: String(line) })}\n`);
  const context = vm.createContext(
    { Buffer, TextDecoder, TextEncoder, atob, btoa, console: { log } },
    { codeGeneration: { strings: false, wasm: false } },
  );
  vm.runInContext(ABSENT.map((name) => `delete globalThis.${name};`).join(''), context);

  const cf = {
    kvs: () => kvs,
    cwt: { validateToken: (token, options) => validateToken(token, options, byteStrings) },
  };
  // CloudFront calls `handler` by its name; from here it can be reached only as an export.
  const source = `${await readFile(file, 'utf8')}\nexport { handler };`;
  const module = new vm.SourceTextModule(source, { context, identifier: 'function' });
  await module.link((name) => {
    if (name !== 'cloudfront') throw new Error(`a CloudFront Function has no module ${name}`);
    return new vm.SyntheticModule(['default'], function fill() {
      this.setExport('default', cf);
    }, { context });
  });
  await module.evaluate();
  return (request, ip) => module.namespace.handler(viewerRequest(request, ip));
}

/** The event of a viewer request. The URI is the raw one: nothing is decoded or normalised. */
function viewerRequest({ method, url, headers }, ip) {
  const [uri, ...query] = url.split('?');
  const { cookie, ...others } = headers;
  return {
    version: '1.0',
    context: {
      distributionDomainName: 'd111111abcdef8.cloudfront.net',
      distributionId: 'LOCAL',
      eventType: 'viewer-request',
      requestId: randomUUID(),
    },
    viewer: { ip },
    request: {
      method,
      uri,
      querystring: pairs(query.join('?'), '&'),
      headers: Object.fromEntries(Object.entries(others).map(([k, v]) => [k, { value: String(v) }])),
      cookies: pairs(cookie ?? '', /; */),
    },
  };
}

/** `a=1&b=2` as CloudFront gives it: {a: {value: '1'}, b: {value: '2'}}, repeats in multiValue. */
function pairs(text, separator) {
  const found = {};
  for (const pair of text.split(separator).filter(Boolean)) {
    const [name, ...rest] = pair.split('=');
    const value = rest.join('=');
    if (!Object.hasOwn(found, name)) found[name] = { value };
    else (found[name].multiValue ??= [{ value: found[name].value }]).push({ value });
  }
  return found;
}
