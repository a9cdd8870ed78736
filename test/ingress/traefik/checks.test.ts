import { Chart, Duration, Size } from 'cdk8s';
import { ApiEndpoint, CniKind, LoadBalancerKind } from '../../../lib/cluster';
import {
  EdgeExposure,
  HardenedNginxIngress,
  HardenedTraefik,
  RealIp,
  type HardenedTraefikOptions,
} from '../../../lib/ingress';
import '../../../lib/testing/jest';
import { osloCluster, osloMachine } from '../../support/oslo';
import { tempApp } from '../../support/temp-app';
import { findingIds, withWorkers } from '../edge';
import { compatible, edge } from './traefik';

const wrong: Array<[HardenedTraefikOptions, string]> = [
  [
    { image: 'traefik:v3.7.14' },
    'image must be a full reference with a tag or a digest, got traefik:v3.7.14; write for example docker.io/library/traefik:v3.7.14',
  ],
  [
    { image: 'docker.io/library/traefik:v3.7.11' },
    'image must be Traefik 3.7.12 or newer, got docker.io/library/traefik:v3.7.11; an older one does not know aliasHeadersStrategy and does not start, and its advisories are many',
  ],
  [
    { provider: 'kubernetesCRD' as any },
    'provider must be kubernetesIngress or kubernetesIngressNGINX, got kubernetesCRD; use the values of TraefikProvider',
  ],
  [
    { clientTimeouts: { header: Duration.seconds(5) } },
    'clientTimeouts.header must be left out, got 5s; Traefik has one timeout for header and body; set readTimeout',
  ],
  [
    { clientTimeouts: { body: Duration.seconds(5) } },
    'clientTimeouts.body must be left out, got 5s; Traefik has one timeout for header and body; set readTimeout',
  ],
  [
    { clientTimeouts: { send: Duration.millis(5500) } },
    'clientTimeouts.send must be left out, got 5500ms; Traefik has one timeout for a whole response; set writeTimeout',
  ],
  [
    { clientTimeouts: { keepalive: Duration.hours(2) } },
    'clientTimeouts.keepalive must be between 1 s and 3600 s in whole milliseconds, got 7200 s; leave it out to take the default',
  ],
  [
    { upstreamTimeouts: { send: Duration.seconds(60) } },
    'upstreamTimeouts.send must be left out, got 60s; the provider kubernetesIngress has no such timeout',
  ],
  [
    { ...compatible, upstreamTimeouts: { connect: Duration.millis(1500) } },
    'upstreamTimeouts.connect must be whole seconds, got 1500ms; the options of ingress-nginx have no unit',
  ],
  [
    { ...compatible, upstreamKeepalive: 64 },
    "upstreamKeepalive must be left out, got 64; the provider kubernetesIngressNGINX keeps Traefik's own number",
  ],
  [
    { clientMaxBodySize: Size.mebibytes(100), readTimeout: Duration.seconds(15) },
    'readTimeout must be at least 55 s for 102400 KiB at 2048 KiB/s and a header before it, got 15s; raise it, lower clientMaxBodySize, or declare faster clients with slowestUploadPerSecond',
  ],
  [
    { readTimeout: Duration.days(2) },
    'readTimeout must be between 1 s and 86400 s in whole milliseconds, got 172800 s; leave it out to take the default',
  ],
  [
    { writeTimeout: Duration.millis(10) },
    'writeTimeout must be between 1 s and 86400 s in whole milliseconds, got 0.01 s; leave it out to take the default',
  ],
  [
    { slowestUploadPerSecond: Size.gibibytes(2) },
    'slowestUploadPerSecond must be between 1 KiB and 1048576 KiB in steps of 1 KiB, got 2097152 KiB; leave it out to take the default',
  ],
  [
    { maxHeaderSize: Size.mebibytes(2) },
    'maxHeaderSize must be between 1 KiB and 1024 KiB in steps of 1 KiB, got 2048 KiB; leave it out to take the default',
  ],
  [
    { memoryLimit: Size.mebibytes(256) },
    'memoryLimit must be between 393216 KiB and 1073741824 KiB in steps of 1024 KiB, got 262144 KiB; leave it out to take the default',
  ],
  [{ cpuCores: 0 }, 'cpuCores must be between 1 and 64, got 0; give what the edge may use'],
  [
    { connectionsPerAddress: 70000 },
    'connectionsPerAddress must be between 0 and 65535, got 70000; 0 means no limit',
  ],
  [
    { allowedEncodedCharacters: ['Space' as any] },
    'allowedEncodedCharacters must be Slash, BackSlash, NullCharacter, Semicolon, Percent, QuestionMark, Hash, got Space; use the values of EncodedCharacter',
  ],
  [
    { trustedProxies: ['0.0.0.0/0'] },
    'trustedProxies must be narrower than the whole internet, got 0.0.0.0/0; name the proxies; a client that is trusted chooses its own address and escapes every limit',
  ],
  [
    { httpsNodePort: 30080 },
    'httpsNodePort must be another port than httpNodePort, got 30080; give one of them another number',
  ],
  [
    { exposure: EdgeExposure.HOST_PORT, replicas: 2 },
    'replicas must be left out with EdgeKind.DAEMON_SET, got 2; there is one replica on each machine; set kind to EdgeKind.DEPLOYMENT for a number',
  ],
  [
    { shutdown: { drain: Duration.seconds(30), grace: Duration.seconds(40) } },
    'shutdown.grace must be at least 50 s: 15 s preStop, 30 s drain, 5 s for the exit, got 40 s; raise it or leave it out; SIGKILL would cut requests that were promised their time',
  ],
  [
    { loadBalancerAddress: '192.0.2.1' },
    'loadBalancerAddress must be left out without a load balancer that can be asked for an address, got 192.0.2.1; add MetalLB or a Calico pool to the cluster, or say in statusAddress what clients reach the edge by',
  ],
  [
    { hstsPreload: true },
    'hstsIncludeSubdomains must be true with hstsPreload, got false; the list of the browsers takes whole domains only; set it, or leave hstsPreload out',
  ],
  [
    { upstreamKeepalive: 0 },
    'upstreamKeepalive must be between 1 and 1024, got 0; leave it out to take 200',
  ],
  [
    { replicas: 1 },
    'replicas must be between 2 and 100, got 1; one replica alone makes the loss of its machine an outage',
  ],
  [
    { ingressClassName: 'Public' },
    'ingressClassName must be an RFC 1123 subdomain, got Public; use lower-case letters, digits, hyphens and dots',
  ],
];

test.each(wrong)('refused: %j', (options, text) => {
  expect(() => edge(options)).toThrow(new Error(`[chart/ingress] ${text}`));
});

test('several mistakes come in one error', () => {
  expect(() => edge({ cpuCores: 0, clientTimeouts: { send: Duration.seconds(1) } })).toThrow(
    /cpuCores must be[^\n]*\n\[chart\/ingress\] clientTimeouts.send must be/,
  );
});

test('a cluster has one edge', () => {
  const { cluster, ingress } = edge();
  expect(() => new HardenedNginxIngress(ingress, 'second', { cluster })).toThrow(
    '[chart/ingress/second] cluster must be a cluster without another construct of this room (ingress), got chart/ingress; remove one of the two',
  );
});

test('configure() is the construct with its options', () => {
  const app = tempApp();
  const chart = new Chart(app, 'chart');
  const created = HardenedTraefik.configure({ replicas: 5 }).create(
    chart,
    'ingress',
    osloCluster(app),
  );
  expect(created).toBeInstanceOf(HardenedTraefik);
  expect((created as HardenedTraefik).replicas).toBe(5);
  expect(chart.toJson()).toEqual(edge({ replicas: 5 }).objects.all);
});

describe('findings', () => {
  test('the flagship: no warning, and what Traefik cannot do', () => {
    const e = edge();
    expect(findingIds(e.cluster)).toEqual([
      'GW-INGRESS-005',
      'GW-INGRESS-010',
      'GW-INGRESS-050',
      'GW-INGRESS-051',
    ]);
    expect(e.cluster.findings().map((f) => f.severity)).not.toContain('error');
    expect(e.cluster).toHaveFinding('GW-INGRESS-050', {
      message: '498 slow clients a second fill the 1024 MiB of a replica',
    });
    expect(e.cluster).toHaveFinding('GW-INGRESS-051', {
      message: 'a backend gets whatever arrives in 15 s, not only 20480 KiB',
    });
  });

  test('in place of ingress-nginx: bodies have a limit, and classes have one controller', () => {
    const e = edge({ ...compatible, ingressClassName: 'public' });
    expect(findingIds(e.cluster)).toEqual([
      'GW-INGRESS-005',
      'GW-INGRESS-010',
      'GW-INGRESS-050',
      'GW-INGRESS-052',
    ]);
    expect(e.cluster).toHaveFinding('GW-INGRESS-052', {
      message: 'Traefik serves class public and every other class of ingress-nginx',
    });
  });

  test('004: more than 15 seconds for a request', () => {
    expect(findingIds(edge().cluster)).not.toContain('GW-INGRESS-004');
    const slow = edge({ readTimeout: Duration.seconds(16) });
    expect(slow.cluster).toHaveFinding('GW-INGRESS-004');
    expect(edge({ clientMaxBodySize: Size.mebibytes(21) }).cluster).toHaveFinding('GW-INGRESS-004');
  });

  test('002 and 003: an image nobody knows, and what is published against one', () => {
    const vulnerable = 'docker.io/library/traefik:v3.7.13';
    expect(edge({ image: vulnerable }).cluster).toHaveFinding('GW-INGRESS-003', {
      severity: 'warning',
      message: expect.stringMatching(
        /^docker\.io\/library\/traefik:v3\.7\.13 is older than 3\.7\.14; GHSA-cw35-4q88-3rmp, /,
      ),
      remedy: 'set image to 3.7.14 or newer and try it out',
    });
    const mirrored = 'mirror.example.no/edge/proxy:2026-11';
    expect(edge({ image: mirrored }).cluster).toHaveFinding('GW-INGRESS-002', {
      message: `the release of ${mirrored} is not in the catalogue`,
    });
  });

  test('008: replicas that take more than half of their machine', () => {
    const small = {
      machines: [osloMachine(1, { memory: Size.gibibytes(2) })],
      endpoint: ApiEndpoint.external({ address: '10.20.0.11' }),
    };
    expect(edge({ memoryLimit: Size.mebibytes(768) }, small).cluster).toHaveFinding(
      'GW-INGRESS-008',
      { message: 'replicas reserve 1536 MiB of a machine and the smallest has 2048 MiB' },
    );
  });

  test('011: one address that fills the disk, where bodies are collected', () => {
    const body = (mebibytes: number, options: HardenedTraefikOptions) =>
      edge({ clientMaxBodySize: Size.mebibytes(mebibytes), ...options });
    expect(findingIds(body(81, compatible).cluster)).not.toContain('GW-INGRESS-011');
    expect(body(82, compatible).cluster).toHaveFinding('GW-INGRESS-011', {
      message: 'one address may write 8200 MiB at once, and a replica is evicted at 8192 MiB',
    });
    expect(findingIds(body(20, { ...compatible, connectionsPerAddress: 0 }).cluster)).toContain(
      'GW-INGRESS-011',
    );
    expect(findingIds(body(82, {}).cluster)).not.toContain('GW-INGRESS-011');
  });

  test('rules about every edge see this one', () => {
    const ids = (options: HardenedTraefikOptions, facts = {}) =>
      findingIds(edge(options, facts).cluster);
    expect(ids({ autoscaling: { maxReplicas: 6 } })).toContain('GW-INGRESS-014');
    expect(ids({}, { loadBalancer: LoadBalancerKind.OTHER })).toContain('GW-INGRESS-016');
    expect(() =>
      ids(
        { realIp: RealIp.fromProxyProtocol(['192.0.2.1']) },
        { loadBalancer: LoadBalancerKind.CALICO },
      ),
    ).toThrow(
      'GW-INGRESS-017 [chart/ingress] realIp asks for the PROXY protocol, which calico does not send',
    );
    expect(edge({ connectionsPerAddress: 0 }).cluster).toHaveFinding('GW-INGRESS-019', {
      message: 'one address may have all 7048 requests of a replica',
    });
    // Traefik has neither worker processes nor a number of connections.
    const never = ['GW-INGRESS-001', 'GW-INGRESS-002', 'GW-INGRESS-003', 'GW-INGRESS-012'];
    expect(ids({ connectionsPerAddress: 0 }).filter((id) => never.includes(id))).toEqual([]);
    expect(findingIds(edge({}, withWorkers(5)).cluster)).toContain('GW-INGRESS-006');
    expect(findingIds(edge({}, { cni: CniKind.FLANNEL }).cluster)).toContain('GW-INGRESS-007');
    expect(
      findingIds(edge({}, { loadBalancer: LoadBalancerKind.METALLB_L2 }).cluster),
    ).not.toContain('GW-INGRESS-005');
  });
});
