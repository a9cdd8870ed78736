import { Duration, Size } from 'cdk8s';
import {
  ApiEndpoint,
  KubernetesVersion,
  Machine,
  OperatingSystem,
  Underlay,
  Zone,
  type ControlPlaneMachineOptions,
  type ExternalApiEndpointOptions,
  type ZoneOptions,
} from '../../lib';

const LABEL = 'use lower-case letters, digits and hyphens, at most 63';
const PLAIN = 'write it without a prefix length and without leading zeros';

/** Throws exactly these lines, all under one name. */
function expectProblems(name: string, make: () => unknown, ...lines: string[]): void {
  expect(make).toThrow(new Error(lines.map((line) => `[${name}] ${line}`).join('\n')));
}

describe('Zone', () => {
  const make = (name: string, options: Partial<ZoneOptions> = {}) =>
    Zone.of(name, { country: 'NO', nodeCidr: '10.20.0.0/24', ...options });

  test('its region is its name unless it is given', () => {
    expect(make('oslo-1').region).toBe('oslo-1');
    expect(make('oslo-1', { region: 'east' }).region).toBe('east');
  });

  test.each(['Oslo', 'oslo_1', '-oslo', 'oslo-', 'oslo.1', 'a'.repeat(64)])(
    'the name %s is refused',
    (name) => {
      expectProblems(
        `Zone ${name}`,
        () => make(name, { region: 'east' }),
        `name must be an RFC 1123 label, got ${name}; ${LABEL}`,
      );
    },
  );

  test('everything else that is wrong is said at once', () => {
    expectProblems(
      'Zone ',
      () => make('', { region: 'Øst', country: 'Norway', nodeCidr: '10.20.0.1/24' }),
      `name must be an RFC 1123 label, got nothing; ${LABEL}`,
      `region must be an RFC 1123 label, got Øst; ${LABEL}`,
      'country must be two capital letters (ISO 3166-1 alpha-2), got Norway; write NO for Norway, DE for Germany',
      'nodeCidr must be a canonical CIDR, got 10.20.0.1/24; write the network address with its prefix length, for example 10.20.0.0/24',
    );
  });
});

describe('Machine', () => {
  const make = (options: Partial<ControlPlaneMachineOptions>, name = 'cp-1') =>
    Machine.controlPlane(name, { zone: 'oslo-1', address: '10.20.0.11', ...options });

  test.each(['CP-1', 'cp_1', 'cp-1.oslo', ''])('the name "%s" is refused', (name) => {
    expectProblems(
      `Machine ${name}`,
      () => make({}, name),
      `name must be an RFC 1123 label, got ${name || 'nothing'}; ${LABEL}; it is the host and node name`,
    );
  });

  test.each([
    '10.20.0.011',
    '10.20.0.11/24',
    'cp-1',
    'FD00::1',
    'fd00:0::1',
    'fe80::1%eth0',
    '::ffff:10.20.0.11',
    '::ffff:a14:b',
  ])('the address %s is refused', (address) => {
    expectProblems(
      'Machine cp-1',
      () => make({ address }),
      `address must be an IP address in canonical spelling, got ${address}; ${PLAIN}`,
    );
  });

  test.each<[Partial<ControlPlaneMachineOptions>, string]>([
    [
      { gateway: '10.20.0.1/24' },
      `gateway must be an IP address in canonical spelling, got 10.20.0.1/24; ${PLAIN}`,
    ],
    [
      { dnsServers: ['10.20.0.2', 'dns.oslo.example'] },
      'dnsServers must be IP addresses in canonical spelling, got dns.oslo.example; name resolvers by address; a name cannot be resolved before there is a resolver',
    ],
    [
      { nic: 'eno 1' },
      'nic must be an interface name of at most 15 characters, got eno 1; copy it from `ip -brief link`',
    ],
    [
      { nic: 'enp129s0f0np0v12' },
      'nic must be an interface name of at most 15 characters, got enp129s0f0np0v12; copy it from `ip -brief link`',
    ],
    [{ cpus: 0 }, 'cpus must be between 1 and 1024, got 0; give the cores that `nproc` prints'],
    [
      { cpus: 1025 },
      'cpus must be between 1 and 1024, got 1025; give the cores that `nproc` prints',
    ],
    [
      { cpus: 2.5 },
      'cpus must be a whole number between 1 and 1024, got 2.5; give the cores that `nproc` prints',
    ],
    // As /proc/meminfo has it, which no limit could be reckoned from.
    [
      { memory: Size.kibibytes(8131508) },
      'memory in MiB must be a whole number between 1 and 268435456, got 7940.92578125; give the total that `free -m` prints, as Size.mebibytes(…)',
    ],
    [
      { memory: Size.mebibytes(0) },
      'memory in MiB must be between 1 and 268435456, got 0; give the total that `free -m` prints, as Size.mebibytes(…)',
    ],
  ])('%j', (options, line) => expectProblems('Machine cp-1', () => make(options), line));

  test('roles', () => {
    const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });
    expect([make({}).isControlPlane, worker.isControlPlane]).toEqual([true, false]);
    expect(worker.etcdDisk).toBeUndefined();
  });
});

describe('Underlay', () => {
  test.each([1279, 9217, 1500.5, 0])('an MTU of %d is refused', (mtu) => {
    expectProblems(
      'Underlay',
      () => Underlay.flatL2({ mtu }),
      `mtu must be ${mtu % 1 === 0 ? '' : 'a whole number '}between 1280 and 9216, got ${mtu}; give the MTU that \`ip link\` shows on the NIC`,
    );
  });

  test.each([1280, 9216])('an MTU of %d is accepted', (mtu) => {
    expect(Underlay.of({ mtu, l2Adjacent: true, filtersSourceAddresses: true }).mtu).toBe(mtu);
  });

  test('a round trip that etcd cannot live with is refused', () => {
    expectProblems(
      'Underlay',
      () => Underlay.routed({ mtu: 1500, roundTripTime: Duration.millis(5001) }),
      'roundTripTime must be at most 5000 ms, got 5001 ms; an etcd cluster cannot span such a distance; keep the control plane in one region',
    );
  });

  test('each factory says what it is about', () => {
    const kinds = [Underlay.flatL2, Underlay.routed, Underlay.filtered].map((make) => {
      const { l2Adjacent, filtersSourceAddresses } = make({ mtu: 1500 });
      return [l2Adjacent, filtersSourceAddresses];
    });
    expect(kinds).toEqual([
      [true, false],
      [false, false],
      [false, true],
    ]);
  });
});

describe('ApiEndpoint', () => {
  test.each<[ExternalApiEndpointOptions, string]>([
    [
      {},
      'dnsName must be given when there is no address, got nothing; name the load balancer by dnsName, address, or both',
    ],
    [
      { address: '10.20.0.10/24' },
      `address must be an IP address in canonical spelling, got 10.20.0.10/24; ${PLAIN}`,
    ],
    [
      { dnsName: 'api.oslo.example:6443' },
      'dnsName must be an RFC 1123 subdomain, got api.oslo.example:6443; write a name such as api.oslo.example; the port goes into the prop port',
    ],
    [
      { dnsName: '10.20.0.10' },
      'dnsName must be an RFC 1123 subdomain, got 10.20.0.10; write a name such as api.oslo.example; the port goes into the prop port',
    ],
    [
      { dnsName: 'api', port: 0 },
      'port must be between 1 and 65535, got 0; use 6443 unless it is taken',
    ],
    [
      { dnsName: 'api', port: 65536 },
      'port must be between 1 and 65535, got 65536; use 6443 unless it is taken',
    ],
  ])('%j', (options, line) => {
    expectProblems('ApiEndpoint', () => ApiEndpoint.external(options), line);
  });

  test('a name has at most 253 characters', () => {
    const name = (length: number) => `${'a.'.repeat(120)}${'a'.repeat(length - 240)}`;
    expect(ApiEndpoint.external({ dnsName: name(253) }).host).toHaveLength(253);
    expect(() => ApiEndpoint.external({ dnsName: name(254) })).toThrow('an RFC 1123 subdomain');
  });

  test('clients dial the name if there is one', () => {
    const vip = ApiEndpoint.kubeVip('10.20.0.10', { dnsName: 'api.oslo.example', port: 443 });
    expect([vip.host, vip.hostAndPort]).toEqual(['api.oslo.example', 'api.oslo.example:443']);
    expect(ApiEndpoint.kubeVip('fd00::10').url).toBe('https://[fd00::10]:6443');
  });
});

describe('KubernetesVersion', () => {
  test('a patch of a catalogued minor', () => {
    const version = KubernetesVersion.of('1.36.2');
    expect([version.minor, version.patch, `${version}`]).toEqual(['1.36', '1.36.2', 'v1.36.2']);
    expect([KubernetesVersion.V1_36.isPreview, KubernetesVersion.V1_37.isPreview]).toEqual([
      false,
      true,
    ]);
  });

  test.each([
    ['1.34.3', '1.34 is out of support since 2026-10-27, upgrade to 1.35 first'],
    ['1.33.9', '1.33 is out of support, upgrade one minor at a time to 1.35'],
    [
      '1.43.0',
      "1.43 is not in this release's catalogue, choose one that is or update cdk8s-groundwork",
    ],
  ])('%s is outside the catalogue', (patch, remedy) => {
    const minor = patch.slice(0, 4);
    expectProblems(
      'KubernetesVersion',
      () => KubernetesVersion.of(patch),
      `kubernetesVersion must be one of 1.35, 1.36, 1.37, got ${minor}; ${remedy}`,
    );
  });

  test.each(['v1.36.4', '1.36', '1.36.4-rc.1', '1.36.04', '01.36.4', '1.36.4\n', 'latest', ''])(
    '%j is no release',
    (patch) => {
      expectProblems(
        'KubernetesVersion',
        () => KubernetesVersion.of(patch),
        `version must be a release such as 1.36.4, got ${patch || 'nothing'}; leave out the v and name the patch, or use KubernetesVersion.V1_36`,
      );
    },
  );
});

test('every operating system has its facts', () => {
  const { DEBIAN_12, DEBIAN_13, UBUNTU_22_04, UBUNTU_24_04 } = OperatingSystem;
  const labels = [DEBIAN_12, DEBIAN_13, UBUNTU_22_04, UBUNTU_24_04].map(({ label }) => label);
  expect(new Set(labels).size).toBe(4);
  expect(DEBIAN_12).toMatchObject({ label: 'Debian 12', kernel: '6.1' });
});
