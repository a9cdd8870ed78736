import * as pulumi from '@pulumi/pulumi';
import { KubeObject } from 'cdk8s-groundwork/pulumi';
import { earlierVersions } from '../../../lib/pulumi/adapter/kube-object';
import { recordPulumi } from '../../../lib/testing/pulumi';
import { look } from '../outputs/look';

// Loading Pulumi takes long on a busy machine.
jest.setTimeout(120_000);

test.each([
  ['v1', []],
  ['apps/v1', []],
  ['metallb.io/v1alpha1', []],
  ['metallb.io/v1beta2', ['metallb.io/v1alpha1', 'metallb.io/v1alpha2', 'metallb.io/v1beta1']],
  [
    'networking.k8s.io/v1',
    ['v1alpha1', 'v1alpha2', 'v1beta1', 'v1beta2', 'v1beta3'].map(
      (version) => `networking.k8s.io/${version}`,
    ),
  ],
  ['crd.example/v2beta1', ['crd.example/v2alpha1', 'crd.example/v2alpha2']],
  ['crd.example/stable', []],
])('%s was %j before', (version, before) => {
  expect(earlierVersions(version)).toEqual(before);
});

test('an object of a newer version is the same resource, and not one that exists already', async () => {
  const register = async (apiVersion: string) => {
    const { result, resources } = await recordPulumi(
      () => new KubeObject('peer', { apiVersion, kind: 'BGPPeer', metadata: { name: 'rack' } }),
    );
    const aliases: pulumi.Input<string>[] = (result as any).__aliases;
    return {
      urn: resources.find(({ name }) => name === 'peer')!.urn,
      aliases: (await look(pulumi.all(aliases))).value,
    };
  };
  const before = await register('metallb.io/v1beta1');
  const { aliases } = await register('metallb.io/v1beta2');
  expect(before.urn).toContain('kubernetes:metallb.io/v1beta1:BGPPeer');
  expect(aliases).toContain(before.urn);
});
