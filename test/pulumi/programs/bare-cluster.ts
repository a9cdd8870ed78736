// A program for a real engine and an API server without machines: no pod ever runs, so nothing is waited for,
// and what an operator would define is left out.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import { type App } from 'cdk8s';
import { GroundworkApp } from 'cdk8s-groundwork';
import { Cdk8sStack } from 'cdk8s-groundwork/pulumi';

const load = createRequire(__filename);
let synthesized: App | undefined;
GroundworkApp.prototype.synth = function (this: GroundworkApp) {
  synthesized = this;
};
GroundworkApp.prototype.plan = () => '';

const config = new pulumi.Config();
const provider = new kubernetes.Provider('provider', {
  kubeconfig: config.requireSecret('kubeconfig'),
  clusterIdentifier: 'test',
  enableConfigMapMutable: true,
});

// Examples whose objects the API server itself knows all kinds of.
for (const name of ['flannel']) {
  load(join(__dirname, '../../../examples', name, 'main.ts'));
  new Cdk8sStack(name, { app: synthesized!, awaits: [{ skip: true }] }, { provider });
}
