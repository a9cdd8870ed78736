import { App } from 'cdk8s';
import { Construct } from 'constructs';
import { PortSource } from '../../lib';
import { osloCluster } from '../support/oslo';

test('openings are what every machine is asked for, each once, with its machines', () => {
  const cluster = osloCluster(new App());
  const by = new Construct(cluster, 'someone');
  const { ledger } = cluster;
  const ask = (port: string, from: PortSource, machines?: string[]) =>
    ledger.requirePort(port, { by, why: `port ${port}`, protocol: 'tcp', from, machines });
  ask('10250', PortSource.MACHINES);
  ask('6443', PortSource.ANYWHERE, ['cp-1', 'cp-2']);
  ask('6443', PortSource.ANYWHERE, ['cp-2', 'cp-3']);
  // Asked of one machine and of all of them: of all.
  ask('10250', PortSource.MACHINES, ['cp-1']);
  ledger.requireSysctl('net.ipv4.ip_forward', '1', { by, why: 'no port' });
  expect(ledger._openings()).toEqual([
    {
      key: '10250/tcp from machines',
      reasons: ['port 10250 (oslo/someone)'],
      machines: undefined,
    },
    {
      key: '6443/tcp from anywhere',
      reasons: ['port 6443 (oslo/someone)'],
      machines: ['cp-1', 'cp-2', 'cp-3'],
    },
  ]);
  for (const machine of cluster.machines) {
    const asked = ledger.forMachine(machine).ports.map(({ key }) => key);
    const opened = ledger
      ._openings()
      .filter(({ machines }) => machines?.includes(machine.name) ?? true)
      .map(({ key }) => key);
    expect(opened).toEqual(asked);
  }
});
