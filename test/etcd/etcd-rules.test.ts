import { Duration } from 'cdk8s';
import { EtcdDisk, KubernetesVersion, Severity, Zone } from '../../lib';
import { EtcdFilesystem } from '../../lib/etcd';
import { parseIni } from '../../lib/testing/ini';
import '../../lib/testing/jest';
import { unexplainedLeaves } from '../support/coverage';
import { osloMachine } from '../support/oslo';
import { fileOf, idsOf, local, made } from './etcd';

const THREE = [1, 2, 3].map((n) => osloMachine(n));

describe('findings', () => {
  test('the etcd that kubeadm brings is too old, a newer tag is not', () => {
    expect(made().cluster).toHaveFinding('GW-ETCD-001', {
      severity: Severity.WARNING,
      message: 'kubeadm 1.36.4 brings etcd 3.6.8-0, GHSA-6vch-q96h-7gc3 is fixed from 3.6.14 on',
    });
    expect(idsOf(made({ imageTag: '3.6.14-0' }).cluster)).toEqual([]);
    expect(made({ imageTag: '3.6.13-0' }).cluster).toHaveFinding('GW-ETCD-001', {
      message: /^imageTag names etcd 3\.6\.13-0/,
    });
    expect(idsOf(made({}, { kubernetesVersion: KubernetesVersion.V1_37 }).cluster)).toContain(
      'GW-ETCD-001',
    );
  });

  const zones = [1, 2, 3].map((n) =>
    Zone.of(`z${n}`, { country: 'NO', nodeCidr: `10.2${n}.0.0/24` }),
  );
  const spread = (...where: number[]) => ({
    zones: [...zones, Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' })],
    machines: where.map((zone, i) =>
      osloMachine(i + 1, {
        zone: `z${zone}`,
        address: `10.2${zone}.0.1${i}`,
        etcdDisk: EtcdDisk.nvmeSerial(`S${i}`),
      }),
    ),
  });

  test.each<[string, number[], boolean]>([
    ['three in one zone', [1, 1, 1], false],
    ['one in each of three', [1, 2, 3], false],
    ['two and one', [1, 1, 2], true],
    ['five as 2, 2, 1', [1, 1, 2, 2, 3], false],
    ['five as 3, 1, 1', [1, 1, 1, 2, 3], true],
    ['one', [1], false],
  ])('%s', (_what, where, wrong) => {
    expect(idsOf(made({}, spread(...where)).cluster).includes('GW-ETCD-002')).toBe(wrong);
    expect(idsOf(made({ acceptZoneQuorumLoss: true }, spread(...where)).cluster)).not.toContain(
      'GW-ETCD-002',
    );
  });

  test('the zone that must not be lost is named', () => {
    expect(made({}, spread(1, 2, 2)).cluster).toHaveFinding('GW-ETCD-002', {
      severity: Severity.ERROR,
      message: 'zone z2 holds 2 of 3 members, without it no quorum of 2 is left',
    });
  });

  test('a single member', () => {
    expect(made({}, { machines: [THREE[0]!] }).cluster).toHaveFinding('GW-ETCD-003', {
      severity: Severity.WARNING,
      message: 'cp-1 is the only etcd member',
    });
    expect(idsOf(made().cluster)).not.toContain('GW-ETCD-003');
  });

  test('a slow election', () => {
    expect(idsOf(made({ electionTimeout: Duration.millis(5000) }).cluster)).not.toContain(
      'GW-ETCD-004',
    );
    expect(made({ electionTimeout: Duration.millis(5001) }).cluster).toHaveFinding('GW-ETCD-004', {
      message: 'election-timeout is 5001 ms, more than 5000 ms',
    });
  });

  test('a shared root disk', () => {
    const machines = [1, 2].map((n) => osloMachine(n, { etcdDisk: EtcdDisk.sharedWithRoot() }));
    expect(made({}, { machines: [...machines, THREE[2]!] }).cluster).toHaveFinding('GW-ETCD-010', {
      severity: Severity.WARNING,
      message: 'etcd shares the root disk on cp-1, cp-2',
    });
  });
});

describe('reasons', () => {
  test('every value that kubeadm is told has one', () => {
    const { cluster } = made({ imageTag: '3.6.14-0', extraArgs: { 'snapshot-count': '5000' } });
    const { args, list, ...rest } = local(cluster);
    const object = { kind: 'ClusterConfiguration', etcd: { local: { ...rest, extraArgs: args } } };
    expect(list).toHaveLength(8);
    expect(
      unexplainedLeaves(object, {
        decisions: cluster.decisions(),
        facts: ['ClusterConfiguration.etcd.local.imageTag'],
        structural: [],
      }),
    ).toEqual([]);
    const decided = cluster
      .decisions()
      .filter((d) => d.key.startsWith('ClusterConfiguration.etcd.local.extraArgs.'));
    expect(Object.fromEntries(decided.map((d) => [d.key.split('.').pop()!, d.value]))).toEqual(
      args,
    );
  });

  test('every value of the mount has one', () => {
    const { cluster } = made();
    const { Mount } = parseIni(fileOf(cluster, cluster.machines[0]!, 'var-lib-etcd.mount')!);
    expect(
      unexplainedLeaves(
        { kind: 'var-lib-etcd', ...{ mount: Mount } },
        {
          decisions: cluster.decisions(),
          facts: ['var-lib-etcd.mount.What'],
          structural: ['var-lib-etcd.mount.Where'],
        },
      ),
    ).toEqual([]);
  });

  test('a decision has every part', () => {
    for (const decision of made({ filesystem: EtcdFilesystem.EXT4 }).cluster.decisions()) {
      for (const part of Object.values(decision)) {
        expect(part).not.toBe('');
      }
      expect(decision.path).toBe('oslo/etcd');
    }
  });
});
