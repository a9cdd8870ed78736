// Examples for a real engine and an API server without controllers and machines. No pod ever runs there, so
// nothing but definitions is waited for, and kinds that operators define, or other people, are defined here.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { Cluster } from 'cdk8s-groundwork';
import { Cdk8sStack } from 'cdk8s-groundwork/pulumi';
import { standIns, synthesized } from './stand-ins';

const load = createRequire(__filename);
const root = join(__dirname, '../../../examples');
const config = new pulumi.Config();

Cluster.prototype._fetched = () => [];

pulumi.runtime.registerStackTransformation(({ type, props, opts }) => ({
  props: type.startsWith('kubernetes:') ? withoutWaiting(props) : props,
  opts,
}));

function withoutWaiting({ metadata, ...rest }: pulumi.Inputs): pulumi.Inputs {
  const { ...annotations } = metadata.annotations ?? {};
  if (rest.kind !== 'CustomResourceDefinition') {
    delete annotations['pulumi.com/timeoutSeconds'];
    delete annotations['pulumi.com/waitFor'];
    annotations['pulumi.com/skipAwait'] = 'true';
  }
  // Nobody collects what an object leaves behind, which by default is waited for.
  annotations['pulumi.com/deletionPropagationPolicy'] = 'background';
  return { ...rest, metadata: { ...metadata, annotations } };
}

export = () => {
  const names = config.require('examples').split(',');
  const provider = new kubernetes.Provider('provider', {
    kubeconfig: config.requireSecret('kubeconfig'),
    clusterIdentifier: 'test',
    enableConfigMapMutable: true,
    enableSecretMutable: true,
  });
  for (const name of names.filter((one) => !one.startsWith('pulumi-'))) {
    load(join(root, name, 'main'));
    const app = synthesized.pop()!;
    const before = new Cdk8sStack(`${name}-needs`, { chart: standIns(app) }, { provider });
    new Cdk8sStack(name, { app }, { provider, dependsOn: before.ready });
  }
  names
    .filter((one) => one.startsWith('pulumi-'))
    .forEach((name) => load(join(root, name, 'index')));
};
