import { Duration, Size } from 'cdk8s';
import { CniKind, Encapsulation, type Cluster } from '../../../lib/cluster';
import { TunedCalico } from '../../../lib/cni';
import { NginxController } from '../../../lib/ingress';
import { retiredRules } from '../../../lib/ingress/retired/rules';
import { edge } from '../edge';
import { retired, seed } from './render';

/** Messages of one rule, with the image shortened. */
function messages(cluster: Cluster, number: number): string[] {
  return cluster
    .findings()
    .filter(({ id }) => id === `GW-INGRESS-0${String(number).padStart(2, '0')}`)
    .map(({ message }) => message.replace(/@sha256:[0-9a-f]{64}/g, ''));
}

const IMAGE = 'registry.k8s.io/ingress-nginx/controller:v1.15.1';
const FORK = 'mirror.example.no/fork/ingress-nginx:2026.11.21';

test.each([
  ['left out', undefined],
  ['without a reason', { reason: '' }],
  ['with a blank reason', { reason: '  ' }],
])('acknowledgeRetired %s throws', (_what, acknowledgeRetired: any) => {
  const controller = NginxController.retiredIngressNginx({ acknowledgeRetired });
  expect(() => edge({ controller })).toThrow(
    new Error(
      `[chart/ingress] controller.acknowledgeRetired must be { reason } with a reason in words, got nothing; ingress-nginx is archived and gets no fixes: say why it is still run, or take NginxController.nginxIngressController()`,
    ),
  );
});

test.each([
  [
    { watchNamespace: 'Shop' },
    {},
    'controller.watchNamespace must be an RFC 1123 label, got Shop; name the one namespace whose Ingresses are served',
  ],
  [
    { configMapName: 'my_map' },
    {},
    'controller.configMapName must be an RFC 1123 subdomain, got my_map; use lower-case letters, digits, hyphens and dots',
  ],
  [
    { nginxVersion: '1.30' },
    { image: FORK },
    'controller.nginxVersion must be a release of nginx, got 1.30; write three numbers, for example 1.30.7; `nginx -v` in the image prints them',
  ],
  [
    { nginxVersion: '1.30.7' },
    { image: IMAGE },
    `controller.nginxVersion must be left out with an image that the catalogue knows, got 1.30.7; ${IMAGE} carries nginx 1.27.1; name it only for an image that is not known`,
  ],
  [
    {},
    { responseBuffers: { header: Size.kibibytes(8) }, grpcMaxBodySize: Size.kibibytes(0) },
    'responseBuffers.header must be as responseBuffers.size with ingress-nginx, 4 KiB, got 8 KiB; give both the larger size; it has one key for all buffers of an answer\n[chart/ingress] grpcMaxBodySize must be as clientMaxBodySize with ingress-nginx, 20480 KiB, got no limit; give both the same size; it has one key for both',
  ],
  [
    {},
    { httpSnippets: ['map $a $b { default 1; }', 'send_timeout 5s;', 'keepalive_timeout 5s;'] },
    'httpSnippets must be directives that nobody else writes, got send_timeout; use clientTimeouts.send instead: nginx refuses it a second time, or takes the other one\n[chart/ingress] httpSnippets must be directives that nobody else writes, got keepalive_timeout; use clientTimeouts.keepalive instead: nginx refuses it a second time, or takes the other one',
  ],
  [
    {},
    { mainSnippets: ['worker_processes 8;'] },
    'mainSnippets must be directives that nobody else writes, got worker_processes; use workerProcesses instead: nginx refuses it a second time, or takes the other one',
  ],
  [
    {},
    { clientTimeouts: { header: Duration.millis(2500) } },
    'clientTimeouts.header must be in whole seconds with ingress-nginx, got 2.5 s; round it up; its keys take integers without a unit',
  ],
])('%j with %j throws', (own, options, message) => {
  expect(() => retired(own, options)).toThrow(new Error(`[chart/ingress] ${message}`));
});

test('a fraction of a second is fine where nginx itself reads it', () => {
  const { objects } = retired({}, { clientTimeouts: { send: Duration.millis(2500) } });
  expect(objects.find('ConfigMap').data['http-snippet']).toContain('send_timeout 2500ms;');
});

test('a retired controller is a warning that carries the reason', () => {
  expect(messages(retired().cluster, 30)).toEqual([
    `ingress-nginx is archived since 2026-03-24, its last release is 1.15.1; ${IMAGE} is run because: annotations of 300 Ingresses are being moved`,
  ]);
});

test('the nginx inside: from the catalogue, from the user, unknown', () => {
  const known = retired().cluster;
  expect(messages(known, 1)).toEqual([
    expect.stringMatching(
      new RegExp(`^${IMAGE} carries nginx 1\\.27\\.1; fixed in 1\\.31\\.\\d+: CVE`),
    ),
  ]);
  expect([...messages(known, 2), ...messages(known, 3), ...messages(known, 31)]).toEqual([]);
  const unknown = retired({}, { image: FORK }).cluster;
  expect([...messages(unknown, 1), ...messages(unknown, 31)]).toEqual([]);
  expect(messages(unknown, 2)).toEqual([`the release of ${FORK} is not in the catalogue`]);
  const told = (nginxVersion: string) => retired({ nginxVersion }, { image: FORK }).cluster;
  expect(messages(told('1.30.6'), 31)).toEqual([
    expect.stringMatching(
      new RegExp(`^${FORK} carries nginx 1\\.30\\.6; fixed in 1\\.30\\.\\d+: `),
    ),
  ]);
  expect(messages(told('1.30.6'), 2)).toEqual([]);
  expect(messages(told('1.99.1'), 31)).toEqual([]);
});

test('holes of the controller itself, in an older release', () => {
  const image = 'mirror.example.no/ingress-nginx/controller:v1.15.0';
  const { cluster, workload } = retired({}, { image });
  expect(messages(cluster, 3)).toEqual([expect.stringContaining('CVE-2026-4342')]);
  expect(workload.metadata.annotations['cdk8s-groundwork/open-advisories']).toMatch(
    /^CVE-2026-4342, CVE/,
  );
});

test('keys that open what is shut are named, one finding each', () => {
  const { cluster } = retired({
    configMapOverrides: {
      'annotations-risk-level': 'Critical',
      'allow-snippet-annotations': 'true',
      'server-snippet': 'deny 192.0.2.1;',
      'use-gzip': 'true',
    },
  });
  expect(messages(cluster, 32).map((m) => m.split(':')[0])).toEqual([
    'allow-snippet-annotations true',
    'annotations-risk-level Critical',
    'server-snippet',
  ]);
  expect(messages(retired().cluster, 32)).toEqual([]);
});

test('one pool for all Services, smaller than one of them needs', () => {
  const pool = (options: object) => {
    const { cluster, objects } = retired({}, options);
    return [
      objects.find('ConfigMap').data['upstream-keepalive-connections'],
      ...messages(cluster, 38),
    ];
  };
  expect(pool({})).toEqual(['256']);
  expect(pool({ upstreamKeepalive: 256 })).toEqual(['256']);
  expect(pool({ expectedConcurrency: 9000 })).toEqual([
    '256',
    '750 idle connections to a Service are wanted, and a process of 1024 connections keeps 256 to all of them',
  ]);
  expect(pool({ expectedConcurrency: 9000, workerConnections: 4096 })).toEqual(['1024']);
  expect(messages(seed().cluster, 38)).toEqual([]);
});

test('the namespace that is watched is not made here', () => {
  expect(messages(retired({ watchNamespace: 'shop' }).cluster, 37)).toEqual([
    'a Role goes into namespace shop, which is not made here',
  ]);
  expect(messages(retired({ watchNamespace: 'ingress-nginx' }).cluster, 37)).toEqual([]);
  expect(messages(retired().cluster, 37)).toEqual([]);
});

test('Kubernetes 1.36 came after the last test of the last release', () => {
  expect(messages(retired().cluster, 33)).toEqual([
    'release 1.15.1 was tested with Kubernetes 1.31, 1.32, 1.33, 1.34, 1.35, and this is 1.36',
  ]);
});

describe('the webhook', () => {
  test('flannel lets every pod reach it', () => {
    const facts = { cni: CniKind.FLANNEL };
    expect(messages(retired({ webhook: true }, {}, facts).cluster, 34)).toEqual([
      'flannel applies no NetworkPolicy: every pod of the cluster reaches the webhook on port 8443',
    ]);
    expect(messages(retired({}, {}, facts).cluster, 34)).toEqual([]);
  });

  test.each([
    [Encapsulation.NONE, 0],
    [Encapsulation.VXLAN, 1],
  ])('Calico with encapsulation %s: %d findings', (encapsulation, count) => {
    const { cluster, chart } = retired({ webhook: true });
    new TunedCalico(chart, 'cni', { cluster, encapsulation });
    const found = messages(cluster, 34);
    expect(found).toHaveLength(count);
    expect(found.every((m) => m.startsWith(`with ${encapsulation} between machines`))).toBe(true);
  });
});

describe('the ConfigMap of 2019', () => {
  test('has its six keys, its name, and nothing else', () => {
    const { objects, pod } = seed();
    const { metadata, data } = objects.find('ConfigMap');
    expect(metadata.name).toBe('nginx-configuration');
    expect(data).toEqual({
      'proxy-body-size': '20m',
      'proxy-connect-timeout': '10',
      'proxy-read-timeout': '120',
      'proxy-send-timeout': '120',
      'upstream-keepalive-connections': '32',
      'worker-processes': 'auto',
    });
    expect(pod.containers[0].args).toContain('--configmap=$(POD_NAMESPACE)/nginx-configuration');
  });

  test('says of each key what it does today, and that none stops a slow client', () => {
    const { cluster, objects } = seed();
    const notes = messages(cluster, 35);
    expect(notes.map((m) => m.split(' ')[0])).toEqual(Object.keys(objects.find('ConfigMap').data));
    expect(notes.find((m) => m.startsWith('upstream-keepalive-connections 32'))).toContain(
      'default: 320): ten times fewer',
    );
    const [slow] = messages(cluster, 36);
    expect(slow).toContain('client_header_timeout stays at 60 s');
    expect(slow).toContain('3.9 % of requests were answered');
    expect(messages(retired().cluster, 35)).toEqual([]);
    expect(messages(retired().cluster, 36)).toEqual([]);
  });

  test('nobody is told to set an option that it does not take', () => {
    const remedies = (cluster: Cluster) =>
      Object.fromEntries(cluster.findings().map(({ id, remedy }) => [id, remedy]));
    const preset =
      'take NginxController.retiredIngressNginx(…) without the preset, whose defaults hold this off';
    expect(remedies(seed({ workerProcesses: 8 }).cluster)).toMatchObject({
      'GW-INGRESS-004': preset,
      'GW-INGRESS-008': 'lower workerProcesses, or give the machines more memory',
      'GW-INGRESS-011': preset,
      'GW-INGRESS-019': preset,
    });
    const without = remedies(retired().cluster);
    expect(Object.keys(without).filter((id) => /-0(04|08|11|19)$/.test(id))).toEqual([]);
    const slow = retired({}, { clientTimeouts: { header: Duration.seconds(20) } });
    expect(remedies(slow.cluster)['GW-INGRESS-004']).toMatch(/^lower clientTimeouts\.header/);
  });

  test('computes with the defaults that the keys leave', () => {
    const { cluster } = seed({ workerProcesses: 1 });
    const { breakEvenRate, headerTimeoutSeconds } = cluster._summary('ingress')!;
    expect([breakEvenRate, headerTimeoutSeconds]).toEqual([Math.floor(16384 / 60), 60]);
  });

  test('its processes follow the machines, as far as half their memory holds 16384 connections each', () => {
    const cpu = (s: ReturnType<typeof seed>) => s.pod.containers[0].resources.limits.cpu;
    // Eight cores ask for four; 16 GiB hold two of them twice over, with room for the rest.
    expect(cpu(seed())).toBe('2');
    expect(cpu(seed({ workerProcesses: 1 }))).toBe('1');
  });

  test('needs a reason as well', () => {
    expect(() => seed({ acknowledgeRetired: { reason: ' ' } })).toThrow(
      /controller\.acknowledgeRetired must be \{ reason \} with a reason in words/,
    );
  });
});

test('ids are in the range of this controller and each rule has its own', () => {
  const ids = retiredRules.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
  expect(ids.every((id) => /^GW-INGRESS-03\d$/.test(id))).toBe(true);
});

test('other controllers have none of these findings', () => {
  const found = edge()
    .cluster.findings()
    .map(({ id }) => id);
  expect(found.filter((id) => id.startsWith('GW-INGRESS-03'))).toEqual([]);
});
