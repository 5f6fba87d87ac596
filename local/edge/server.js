// The local edge: what CloudFront is in production, on one port of this machine.
//
//   node --experimental-vm-modules local/edge/server.js --config FILE.json
//
// The inner door must be open while the stacks are deployed, which is before their ids are
// known. So the edge starts with the ports and the address of AWS alone, says 503 to all but
// its health, and reads the file again on SIGHUP.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { parseArgs } from 'node:util';
import { behavioursOf } from './behaviours.js';
import { innerDoor } from './door.js';
import { shownPath } from './log.js';

const { values } = parseArgs({ options: { config: { type: 'string' } } });
if (!values.config) throw new Error('usage: server.js --config FILE.json');

function read() {
  const config = JSON.parse(readFileSync(values.config, 'utf8'));
  const missing = ['port', 'inner_port', 'aws_endpoint'].filter((name) => config[name] === undefined);
  if (missing.length) throw new Error(`${values.config} lacks ${missing.join(', ')}`);
  return config;
}

const config = read();
let route = await behavioursOf(config);

async function answer(request, response) {
  if (request.url === '/_edge/health') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ready: route !== null }));
    return undefined;
  }
  if (route) return route(request, response);
  response.writeHead(503, { 'cache-control': 'no-store', 'content-type': 'text/plain' });
  response.end('The local cloud is still being deployed.\n');
  return undefined;
}

const edge = http.createServer(async (request, response) => {
  const started = performance.now();
  const closed = new Promise((resolve) => response.once('close', resolve));
  let cache;
  try {
    cache = await answer(request, response);
  } catch (error) {
    process.stderr.write(`${error.stack}\n`);
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { 'cache-control': 'no-store' }).end();
  }
  await closed;
  const ms = Math.round((performance.now() - started) * 10) / 10;
  const line = { method: request.method, path: shownPath(request.url), status: response.statusCode, cache, ms };
  process.stdout.write(`${JSON.stringify(line)}\n`);
});
const door = innerDoor(config);
edge.listen(config.port, '127.0.0.1');
door.listen(config.inner_port, '127.0.0.1');

process.on('SIGHUP', async () => {
  try {
    route = await behavioursOf(read());
  } catch (error) {
    process.stderr.write(`the configuration stays as it was: ${error.stack}\n`);
  }
});
process.once('SIGTERM', () => {
  for (const server of [edge, door]) {
    server.close();
    server.closeAllConnections();
  }
});
