import { App } from 'cdk8s';
import { ApiEndpoint, Cluster, Machine, Zone } from '../../lib';
import { NodeBootstrap } from '../../lib/node';
import { leaksIn } from '../../lib/testing';
import { osloMachine, osloProps } from '../support/oslo';
import { file, oslo, unpacked, userData } from './support';

const PUBLIC_KEY = `ssh-ed25519 ${'A'.repeat(68)} night@oslo`;

describe('the tree', () => {
  test('every machine has its folder, and nothing that a manifest collector would take', () => {
    const files = oslo().files();
    expect(Object.keys(files).filter((f) => /\.(ya?ml|json)$/.test(f))).toEqual([]);
    for (const name of ['cp-1', 'cp-2', 'cp-3']) {
      expect(files).toHaveProperty([`nodes/${name}/user-data`]);
      expect(files[`nodes/${name}/meta-data`]).toBe(
        `instance-id: oslo-${name}\nlocal-hostname: ${name}\n`,
      );
      expect(files).not.toHaveProperty([`nodes/${name}/network-config`]);
    }
  });

  test('each machine knows its interface, whom to ask before it founds, and what it must hold', () => {
    const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });
    const files = oslo({
      machines: [osloMachine(1), osloMachine(2), osloMachine(3), worker],
    }).files();
    const values = (machine: string) =>
      Object.fromEntries(
        [
          ...unpacked(files, machine, '/etc/groundwork/machine.env').matchAll(/^(\w+)='(.*)'$/gm),
        ].map(([, key, value]) => [key, value]),
      );
    const join = 'bootstrap-token pki/ca.crt certificate-key encryption-key';
    expect(values('cp-1')).toMatchObject({
      NODE_ROLE: 'init',
      NODE_NIC: 'eno1',
      PEERS: 'https://10.20.0.12:6443 https://10.20.0.13:6443',
      RESOLV_CONF: '/run/systemd/resolve/resolv.conf',
      KUBE_VIP_IMAGE: expect.stringMatching(/\/kube-vip:v\d/),
      SECRETS: join,
      FOUNDING_SECRETS:
        'pki/ca.key pki/etcd/ca.crt pki/etcd/ca.key pki/front-proxy-ca.crt pki/front-proxy-ca.key pki/sa.key pki/sa.pub',
    });
    expect(values('cp-2')).toMatchObject({ PEERS: '', SECRETS: join, FOUNDING_SECRETS: '' });
    expect(values('w-1')).toMatchObject({
      NODE_NIC: '',
      KUBE_VIP_IMAGE: '',
      SECRETS: 'bootstrap-token pki/ca.crt',
    });
  });

  test('the unit tries again what may pass by itself, and nothing else', () => {
    const unit = unpacked(
      oslo().files(),
      'cp-1',
      '/etc/systemd/system/groundwork-bootstrap.service',
    );
    expect(unit).toContain('\nRestartForceExitStatus=75\nRestartSec=60\n');
    expect(unit).not.toMatch(/^Restart=/m);
  });

  test('user-data writes exactly the unpacked files', () => {
    const files = oslo().files();
    for (const name of ['cp-1', 'cp-2', 'cp-3']) {
      const prefix = `nodes/${name}/files`;
      const expected = Object.fromEntries(
        Object.entries(files)
          .filter(([path]) => path.startsWith(`${prefix}/`))
          .map(([path, content]) => [path.slice(prefix.length), content]),
      );
      const written = userData(files, name).write_files;
      expect(Object.fromEntries(written.map((f: any) => [f.path, f.content]))).toEqual(expected);
      expect(
        written.every(
          (f: any) => f.owner === 'root:root' && /^0[67][0-5][0-5]$/.test(f.permissions),
        ),
      ).toBe(true);
    }
  });

  test('user-data starts the bootstrap and does nothing else by itself', () => {
    const { write_files: _, ...rest } = userData(
      oslo({}, { sshAuthorizedKeys: [PUBLIC_KEY] }).files(),
      'cp-2',
    );
    expect(rest).toEqual({
      hostname: 'cp-2',
      preserve_hostname: false,
      manage_etc_hosts: false,
      ssh_authorized_keys: [PUBLIC_KEY],
      runcmd: [['systemctl', 'enable', '--now', '--no-block', 'groundwork-bootstrap.service']],
    });
    const text = oslo().files()['nodes/cp-1/user-data']!;
    // with the jinja header, braces in any file would be interpreted
    expect(text.startsWith('#cloud-config\n')).toBe(true);
    expect(text).not.toMatch(/fs_setup|disk_setup|jinja/);
  });

  test('no secret anywhere, and the same bytes again', () => {
    const files = oslo().files();
    expect(leaksIn(files)).toEqual([]);
    expect(oslo().files()).toEqual(files);
  });

  test('network-config only for a machine that says NIC, gateway and resolvers', () => {
    const machine = osloMachine(1, {
      gateway: '10.20.0.1',
      dnsServers: ['10.20.0.2', '10.20.0.3'],
    });
    const files = oslo({ machines: [machine, osloMachine(2), osloMachine(3)] }).files();
    expect(file(files, 'cp-1', 'network-config').yaml()).toEqual({
      version: 2,
      ethernets: {
        eno1: {
          dhcp4: false,
          dhcp6: false,
          addresses: ['10.20.0.11/24'],
          routes: [{ to: '0.0.0.0/0', via: '10.20.0.1' }],
          nameservers: { addresses: ['10.20.0.2', '10.20.0.3'] },
          mtu: 1500,
        },
      },
    });
    expect(files).not.toHaveProperty(['nodes/cp-2/network-config']);
  });

  test('what constructs ask for later is rendered: files, units, packages, for their machines only', () => {
    const { node, cluster, files } = oslo();
    const ask = { by: node, why: 'the test wants it', machines: ['cp-2'] };
    cluster.ledger.requireFile('/usr/local/lib/groundwork/probe', {
      ...ask,
      content: '#!/bin/sh\ntrue',
      permissions: '0755',
    });
    cluster.ledger.requireUnit('probe.service', {
      ...ask,
      content: '[Service]\nExecStart=/bin/true\n',
    });
    cluster.ledger.requireUnit('asleep.service', {
      ...ask,
      content: '[Service]\nExecStart=/bin/true\n',
      enabled: false,
    });
    cluster.ledger.requirePackage('fio', ask);
    const rendered = files();
    expect(unpacked(rendered, 'cp-2', '/usr/local/lib/groundwork/probe')).toBe('#!/bin/sh\ntrue\n');
    expect(
      userData(rendered, 'cp-2').write_files.find((f: any) => f.path.endsWith('/probe'))
        .permissions,
    ).toBe('0755');
    expect(unpacked(rendered, 'cp-2', '/etc/systemd/system/asleep.service')).toContain('ExecStart');
    expect(unpacked(rendered, 'cp-2', '/etc/groundwork/units.list')).toBe(
      '# Units that are enabled and started before kubeadm runs.\n' +
        '# certificates of kubeadm end after a year without an upgrade (nodes)\ngroundwork-certificates.timer\n' +
        '# the test wants it (nodes)\nprobe.service\n',
    );
    expect(unpacked(rendered, 'cp-2', '/etc/groundwork/packages.list')).toMatch(/^fio$/m);
    expect(unpacked(rendered, 'cp-1', '/etc/groundwork/packages.list')).not.toMatch(/^fio$/m);
    expect(rendered).not.toHaveProperty(['nodes/cp-1/files/etc/systemd/system/probe.service']);
  });
});

test('a thousand workers cost about as many bytes each as ten', () => {
  const bytes = (workers: number) => {
    const machines = Array.from({ length: workers }, (_, n) =>
      Machine.worker(`w-${n}`, {
        zone: 'oslo-1',
        address: `10.20.${4 + Math.floor(n / 250)}.${1 + (n % 250)}`,
      }),
    );
    const { files } = oslo({
      podCidr: '10.128.0.0/13',
      zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/16' })],
      machines: [osloMachine(1), ...machines],
    });
    return files()['nodes/w-0/user-data']!.length;
  };
  expect(bytes(1000)).toBe(bytes(10));
});

describe('what is refused', () => {
  const refused = (action: () => unknown) => {
    try {
      action();
    } catch (error) {
      return (error as Error).message;
    }
    return 'accepted';
  };

  test('machines of somebody else', () => {
    const app = new App();
    const cluster = Cluster.fromFacts(app, 'oslo', osloProps());
    expect(refused(() => new NodeBootstrap(app, 'nodes', { cluster }))).toBe(
      '[nodes] cluster must be a cluster whose machines boot from this spec, got Cluster.fromFacts; ' +
        "leave NodeBootstrap out; the machines of such a cluster are somebody else's",
    );
  });

  test('kube-vip on a control plane without a NIC', () => {
    expect(
      refused(() =>
        oslo({ machines: [osloMachine(1), osloMachine(2, { nic: undefined }), osloMachine(3)] }),
      ),
    ).toBe(
      '[nodes] nic of machine cp-2 must be given when the API endpoint is a virtual IP, got nothing; ' +
        'name the interface that carries 10.20.0.12; kube-vip would take the one of the default route',
    );
  });

  test('a private SSH key, without repeating it', () => {
    const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE\n';
    const message = refused(() => oslo({}, { sshAuthorizedKeys: [key] }));
    expect(message).toBe(
      '[nodes] sshAuthorizedKeys must be public keys on one line each, as in an authorized_keys file, ' +
        'got a private key; paste the content of the .pub file',
    );
    expect(refused(() => oslo({}, { sshAuthorizedKeys: ['hunter2 is my password'] }))).toContain(
      'got hunter2…;',
    );
  });

  test.each([
    ['1.7.29', 'containerd 1'],
    ['2.1.9', 'a line that Kubernetes 1.36 does not know'],
    ['v2.3.4', 'a leading v'],
  ])('containerd %s: %s', (containerdVersion) => {
    expect(refused(() => oslo({}, { containerdVersion }))).toBe(
      '[nodes] containerdVersion must be a containerd 2 release that Kubernetes 1.36 accepts (2.2.0 or 2.3.0 and later patches), ' +
        `got ${containerdVersion}; leave it out for the pinned one`,
    );
  });

  test('NTP servers and images that cannot be meant', () => {
    expect(refused(() => oslo({}, { ntpServers: [] }))).toContain(
      'ntpServers must be at least one server, got nothing;',
    );
    expect(refused(() => oslo({}, { ntpServers: ['ntp.example.no:123'] }))).toContain(
      'got ntp.example.no:123;',
    );
    expect(refused(() => oslo({}, { kubeVipImage: 'mirror.example.no/kube-vip' }))).toContain(
      'kubeVipImage must be a full reference',
    );
    expect(refused(() => oslo({}, { kubeVipImage: 'mirror.example.no:5000/kube-vip:v1' }))).toBe(
      'accepted',
    );
    const endpoint = ApiEndpoint.external({ dnsName: 'api.oslo.example' });
    expect(() => oslo({ endpoint }, { kubeVipImage: 'mirror.example.no/kube-vip:v1' })).toThrow(
      '[nodes] kubeVipImage must be left out where kube-vip does not hold the address of the API, ' +
        'got mirror.example.no/kube-vip:v1; leave it out, or give the cluster ApiEndpoint.kubeVip',
    );
  });

  test("a file that kubectl would collect, and a file of the bootstrap's own", () => {
    const clash = (path: string) => {
      const { node, cluster, files } = oslo();
      cluster.ledger.requireFile(path, { by: node, why: 'test', content: 'x\n' });
      return refused(files);
    };
    expect(clash('/etc/audit.yaml')).toContain(
      'file /etc/audit.yaml must be without the suffix .yaml, .yml or .json',
    );
    expect(clash('/etc/hosts')).toContain('file /etc/hosts must be written by one construct');
  });
});
