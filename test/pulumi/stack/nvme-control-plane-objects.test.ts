import { ApiObject, Duration } from 'cdk8s';
import { UserDataLimit } from 'cdk8s-groundwork';
import { Adoption, ApiProbe, OnDestroy, RegistrationMode } from 'cdk8s-groundwork/pulumi';
import {
  ADAPTER,
  PROVIDER,
  objects,
  once,
  osloStack,
  providerOf,
  run,
  spec,
  ssh,
  type Changes,
} from './oslo-stack';
import { recordPulumi } from '../../../lib/testing/pulumi';
import { osloMachine } from '../../support/oslo';
import { nameIn } from '../urns';

jest.setTimeout(300_000);

const plain = once(() => run());

async function refusal(changes: Changes): Promise<string> {
  const { result, resources } = await recordPulumi(() => {
    try {
      osloStack(changes);
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  });
  expect(resources).toEqual([]);
  return result;
}

describe('what is wrong is found before anything is registered', () => {
  test.each<[string, Changes, string]>([
    [
      'a fact',
      { spec: spec({ podCidr: '10.96.0.0/16' }) },
      '[oslo/cluster] serviceCidr must be apart from podCidr 10.96.0.0/16, got 10.96.0.0/16; ',
    ],
    [
      'a disagreement of two rooms',
      { spec: spec({ machines: [1, 2, 3].map((n) => osloMachine(n, { etcdDisk: undefined })) }) },
      'etcdDisk',
    ],
    [
      'a rule of adoption for an object that is not there',
      { networking: { adopt: [{ kind: 'Deployment', name: 'coredns', mode: Adoption.PATCH }] } },
      "[oslo] adopt[0] must be of an object that is rendered, got kind 'Deployment', name 'coredns'; correct it, or take it out",
    ],
    [
      'an acknowledgement without a reason',
      { acknowledge: { 'GW-ETCD-001': ' ' } },
      '[oslo/cluster] reason must be a sentence, got nothing; whoever reads the report at night wants to know why',
    ],
    [
      'a time',
      { apiReady: { timeout: Duration.seconds(1) } },
      '[oslo] timeout must be between 1 minute and 1 day, got 1 second; leave it out for the default',
    ],
    [
      'SSH that is needed and not given',
      { nodeConfigSync: {}, admission: true, apiReady: { probe: ApiProbe.SSH } },
      '[oslo] ssh must be given for nodeConfigSync and admission and ApiProbe.SSH, got nothing; say how machines are reached, or leave out what needs it',
    ],
    [
      'a host key of a machine that is not there',
      { ssh: { hostKeys: { cp1: 'ssh-ed25519 AAAA' } } },
      '[oslo] hostKeys of ssh must be by the name of a machine, one of cp-1, cp-2, cp-3, got cp1; correct it: a machine without its host key is taken at its word',
    ],
    [
      'a fraction of a second',
      { nodeConfigSync: { timeout: Duration.millis(90500) }, ssh },
      '[oslo] timeout must be whole seconds between 1 minute and 1 day, got 90.5 seconds; leave it out for the default',
    ],
    [
      'keys that nobody could bring',
      { spec: spec({ nodes: { keysBySsh: true } }) },
      '[oslo] ssh must be given for keysBySsh of the spec, got nothing; say how machines are reached, or leave out what needs it',
    ],
    [
      'secrets of your own and settings of ours',
      { tokens: { rotationId: '1' }, secrets: { files: {}, admin: { certificate: '', key: '' } } },
      '[oslo] secrets must be given without pki and tokens, got both; they are about secrets that are made here',
    ],
    [
      'user-data that is too large for the platform',
      { spec: spec({ nodes: { userDataLimit: UserDataLimit.EC2 } }) },
      '[oslo/nodes] userDataLimit must be at least the ',
    ],
    [
      'what groups cannot do',
      {
        networking: {
          mode: RegistrationMode.GROUP,
          adopt: [{ kind: 'DaemonSet', name: 'kube-proxy', mode: Adoption.PATCH }],
        },
      },
      '[oslo] adopt of apps/DaemonSet:kube-system/kube-proxy must be create in group mode, got patch; register this chart with RegistrationMode.INDIVIDUAL',
    ],
    [
      'secrets that are not all there',
      { secrets: { files: {}, admin: { certificate: '', key: '' } } },
      'secret bootstrap-token must be in files, got nothing; ',
    ],
  ])('%s', async (_, changes, message) => {
    expect(await refusal(changes)).toContain(message);
  });
});

describe('findings', () => {
  test('warnings are said once, with their id; what is acknowledged is not', async () => {
    const { warnings, recording } = await plain();
    const ids = warnings.map((text) => text.split(' ')[0]);
    expect(ids).toContain('GW-ETCD-001');
    expect(new Set(ids).size).toBe(ids.length);
    expect(recording.result.findings.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    const quiet = await run({
      acknowledge: { 'GW-ETCD-001': 'only control planes reach etcd here' },
    });
    expect(quiet.warnings.filter((text) => text.startsWith('GW-ETCD-001'))).toEqual([]);
  });

  test('constructs of your own are part of the spec before it is reviewed', async () => {
    const { recording } = await run({
      extend: (control) =>
        new ApiObject(control, 'own', {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'own', namespace: 'default' },
        }),
    });
    expect(providerOf(recording.find('ConfigMap', 'own', 'default'))).toBe('oslo');
  });
});

describe('the end', () => {
  const networking = async (onDestroy?: OnDestroy) => {
    const made = await run({ networking: { onDestroy } });
    const { deletedWith, retainOnDelete } = made.recording.named('oslo', ADAPTER).options;
    const own = objects(made).filter(({ options }) => options.retainOnDelete).length;
    return { deletedWith: nameIn(deletedWith), retained: retainOnDelete === true, some: own > 0 };
  };

  test.each<[OnDestroy | undefined, object]>([
    [undefined, { deletedWith: 'oslo', retained: false, some: true }],
    [OnDestroy.WITH_CLUSTER, { deletedWith: 'oslo', retained: false, some: true }],
    [OnDestroy.RETAIN, { deletedWith: '', retained: true, some: true }],
    [OnDestroy.DELETE, { deletedWith: '', retained: false, some: false }],
  ])('of objects: %s', async (onDestroy, expected) => {
    expect(await networking(onDestroy)).toEqual(expected);
  });
});

test('objects that are to be taken over get a provider that does so', async () => {
  const { recording } = await run({
    networking: { adopt: [{ kind: 'DaemonSet', name: 'kube-proxy', mode: Adoption.UPSERT }] },
  });
  const provider = (kind: string) => providerOf(recording.find(kind, 'kube-proxy', 'kube-system'));
  expect(provider('DaemonSet')).toBe('oslo-upsert');
  expect(provider('ServiceAccount')).toBe('oslo');
  expect(recording.named('oslo-upsert').inputs).toMatchObject({
    upsertExistingObjects: 'true',
    clusterIdentifier: 'oslo',
  });
});

test('what is given as undefined has its default', async () => {
  const { recording } = await run({
    access: { clusterIdentifier: undefined },
    networking: {
      upsertProvider: undefined,
      adopt: [{ kind: 'DaemonSet', name: 'kube-proxy', mode: Adoption.UPSERT }],
    },
  });
  expect(recording.named('oslo', PROVIDER).inputs.clusterIdentifier).toBe('oslo');
  expect(providerOf(recording.find('DaemonSet', 'kube-proxy', 'kube-system'))).toBe('oslo-upsert');
});
