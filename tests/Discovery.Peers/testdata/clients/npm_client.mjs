// npm's consul client against the agent at 127.0.0.1:PORT. Prints what it saw, one line each.
import { createRequire } from 'node:module';

const [, , modules, port] = process.argv;
const Consul = createRequire(modules + '/package.json')('consul');
const client = new Consul({ host: '127.0.0.1', port: Number(port) });
const show = (name, value) => console.log(name, JSON.stringify(value));
const withoutIndexes = value => JSON.parse(JSON.stringify(value, (key, inner) => /^(Create|Modify)Index$/.test(key) ? undefined : inner));

show('self', (await client.agent.self()).Config.NodeName);
show('leader', (await client.status.leader()).split(':').length);
show('members', (await client.agent.members()).map(member => [member.Name, member.Status]));
show('register', await client.agent.service.register({
  name: 'web', id: 'web-1', address: '10.0.0.1', port: 80, tags: ['a', 'b'], meta: { k: 'v' }, check: { ttl: '10m', notes: 'n' },
}));
show('services', await client.agent.service.list());
show('checks', await client.agent.check.list());
show('pass', await client.agent.check.pass({ id: 'service:web-1', note: 'fine' }));
show('register check', await client.agent.check.register({ name: 'extra', serviceid: 'web-1', ttl: '10m' }));
show('fail', await client.agent.check.fail('extra'));
show('datacenters', await client.catalog.datacenters());
show('nodes', withoutIndexes(await client.catalog.node.list()));
show('catalog', withoutIndexes(await client.catalog.service.nodes({ service: 'web', tag: 'a' })));
// The tags of a service have no order: Consul gathers them in a map.
const names = await client.catalog.service.list();
show('names', Object.fromEntries(Object.entries(names).map(([name, tags]) => [name, tags.sort()])));
show('node', withoutIndexes(await client.catalog.node.services('n1')).Node.Node);

// A watch sees the service as it is, then every change.
const watch = client.watch({ method: client.health.service, options: { service: 'web', passing: true }, backoffFactor: 100 });
const seen = [];
let wake = () => {};
watch.on('change', data => { seen.push(data.map(entry => entry.Service.ID + ':' + entry.Service.Port)); wake(); });
watch.on('error', error => { seen.push('error ' + error.message); wake(); });
const until = async text => {
  while (JSON.stringify(seen.at(-1)) !== text) await new Promise(done => { wake = done; });
};
await client.agent.check.deregister('extra');
await until('["web-1:80"]');
await client.agent.service.register({ name: 'web', id: 'web-2', port: 81 });
await until('["web-1:80","web-2:81"]');
await client.agent.service.maintenance({ id: 'web-1', enable: true, reason: 'pause' });
await until('["web-2:81"]');
await client.agent.service.deregister('web-2');
await until('[]');
watch.end();
show('watched', seen.at(-1));
show('deregister', await client.agent.service.deregister({ id: 'web-1' }));
try {
  await client.agent.service.register({ name: 'web', nonsense: 1, check: { ttl: 'x' } });
} catch (error) {
  show('refused', [error.statusCode, error.message]);
}
show('end', await client.agent.service.list());
process.exit(0);
