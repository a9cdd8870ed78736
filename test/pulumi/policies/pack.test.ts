import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Analyzer } from './analyzer';

// The signature of secrets and the text of an unknown value, as they cross the wire.
const secret = (value: unknown) => ({
  '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
  value,
});
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const TOKEN = 'abcdef.0123456789abcdef';

let folder: string;
let pack: Analyzer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'groundwork-pack-'));
  pack = await Analyzer.start(
    folder,
    `require('<lib>/pulumi/policies').startGroundworkPolicies('groundwork', {
      residency: { regions: ['no-1'] },
      levels: { 'groundwork-host-network': 'advisory' },
    });`,
  );
}, 120_000);

afterAll(() => {
  pack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a started pack tells the engine its policies and their levels', async () => {
  const info = await pack.info();
  expect([info.name, info.version]).toEqual(['groundwork', '1.2.3']);
  // 0 advisory, 1 mandatory, 3 remediate.
  expect(
    Object.fromEntries(info.policiesList.map((one) => [one.name, one.enforcementlevel])),
  ).toEqual({
    'groundwork-broken-release': 1,
    'groundwork-findings-advisory': 0,
    'groundwork-findings-mandatory': 1,
    'groundwork-host-network': 0,
    'groundwork-kube-proxy-mode': 1,
    'groundwork-node-local-dns': 0,
    'groundwork-protected-authorities': 1,
    'groundwork-provider-settings': 0,
    'groundwork-residency': 1,
    'groundwork-retired-ingress-nginx': 1,
    'groundwork-secrets-outside-secrets': 1,
    'groundwork-user-data-replacement': 0,
    'groundwork-user-data-secret': 3,
    'groundwork-vulnerable-release': 0,
  });
});

test('it judges what is known of a resource, secret or not, and never repeats a secret', async () => {
  const said = await pack.analyze('kubernetes:core/v1:ConfigMap', {
    metadata: { name: 'settings', namespace: UNKNOWN },
    data: { join: secret(`kubeadm join --token ${TOKEN}`) },
  });
  // The namespace is unknown, so Pulumi itself says that the policy has to wait.
  expect(said.every(({ enforcementlevel }) => enforcementlevel === 0)).toBe(true);
  const known = await pack.analyze('kubernetes:core/v1:ConfigMap', {
    metadata: { name: 'settings', namespace: 'web' },
    data: { host: UNKNOWN, join: secret(`kubeadm join --token ${TOKEN}`) },
  });
  expect(known.map(({ policyname, enforcementlevel }) => [policyname, enforcementlevel])).toEqual([
    ['groundwork-secrets-outside-secrets', 1],
  ]);
  expect(JSON.stringify([said, known])).not.toContain(TOKEN);
});

test('it reports findings that a component carries', async () => {
  const findings = [
    {
      id: 'GW-INGRESS-001',
      severity: 'warning',
      path: 'oslo/ingress',
      message: 'nginx is old',
      remedy: 'take a newer one',
      reference: 'https://nginx.org',
    },
  ];
  const said = await pack.analyze('cdk8s-groundwork:index:Cdk8sStack', { findings });
  expect(said.map(({ policyname, message }) => [policyname, message])).toEqual([
    [
      'groundwork-findings-advisory',
      'The review of the cluster has no finding that is advisory.\nGW-INGRESS-001 [oslo/ingress] nginx is old; take a newer one',
    ],
  ]);
});

test('it makes user-data secret, leaves the other secrets so, and does nothing twice', async () => {
  const server = 'hcloud:index/server:Server';
  const open = { name: 'cp-1', userData: '#cloud-config', rootPassword: secret('x') };
  expect(await pack.remediate(server, open)).toEqual([
    { ...open, userData: secret('#cloud-config') },
  ]);
  expect(await pack.remediate(server, { ...open, userData: secret('#cloud-config') })).toEqual([]);
  expect(await pack.remediate(server, { name: 'cp-1' })).toEqual([]);
});
