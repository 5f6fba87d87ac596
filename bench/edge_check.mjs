// CPU of the edge function for one media request: prints microseconds, a figure for each round.
// node --experimental-vm-modules edge_check.mjs FUNCTION KID SECRET URI CALLS ROUNDS
import { cloudFrontFunction } from '../local/edge/cloudfront.js';

const [file, kid, secret, uri, calls, rounds] = process.argv.slice(2);
const kvs = {
  get: async (key) => {
    if (key !== `key:${kid}`) throw new Error('KeyNotFound');
    return secret;
  },
  exists: async () => false,
};
const run = await cloudFrontFunction(file, { kvs, byteStrings: 'buffer' });
const request = { method: 'GET', url: uri, headers: { host: 'edge.test' } };

const answer = await run(request, '127.0.0.1');
if (answer.statusCode) throw new Error(`refused: ${answer.body}`);

const figures = [];
for (let round = 0; round < Number(rounds); round += 1) {
  const before = process.cpuUsage();
  for (let call = 0; call < Number(calls); call += 1) await run(request, '127.0.0.1');
  const { user, system } = process.cpuUsage(before);
  figures.push((user + system) / Number(calls));
}
process.stdout.write(JSON.stringify(figures));
