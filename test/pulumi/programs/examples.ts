// A program for the engine: every example of cdk8s as a Cdk8sStack, every example of Pulumi as it is. They
// are hosted in one process, because starting one takes longer than most of them.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';
import { ApiObject, App, Chart } from 'cdk8s';
import { Cluster } from 'cdk8s-groundwork';
import { base64Token, Cdk8sStack, sha256Token, token } from 'cdk8s-groundwork/pulumi';
import * as ts from 'typescript';
import { definitionOf } from './definitions';
import { synthesized } from './stand-ins';

const load = createRequire(__filename);
const root = join(__dirname, '../../../examples');
const renamed = process.env.RENAME_CONSTRUCTS === '1';

// What others publish cannot be had here: definitions without a schema stand in for it.
const folder = mkdtempSync(join(tmpdir(), 'groundwork-fetched-'));
const DEFINITIONS: Record<string, string[]> = {
  'gateway.networking.k8s.io': ['Gateway', 'GatewayClass', 'HTTPRoute'],
  'gateway.nginx.org': [
    ...['ClientSettingsPolicy', 'NginxGateway', 'NginxProxy', 'ProxySettingsPolicy'],
    ...['RateLimitPolicy', 'SnippetsPolicy'],
  ],
};
const fetched = Cluster.prototype._fetched;
Cluster.prototype._fetched = function (this: Cluster, phase) {
  return fetched.call(this, phase).map((manifest) => {
    const group = manifest.file.startsWith('gateway-api')
      ? 'gateway.networking.k8s.io'
      : 'gateway.nginx.org';
    const text = DEFINITIONS[group]!.map((kind) =>
      JSON.stringify(definitionOf({ group, kind, versions: ['v1'], isNamespaced: true })),
    );
    const content = text.join('\n---\n');
    writeFileSync(join(folder, manifest.file), content);
    return { ...manifest, sha256: createHash('sha256').update(content).digest('hex') };
  });
};

/** The app of an example; where constructs are renamed, with another id for each of them. */
function appOf(example: string): App {
  // TypeScript here, JavaScript where the package is installed.
  const file = load.resolve(join(root, example, 'main'));
  if (renamed) {
    const source = readFileSync(file, 'utf8').replace(
      /\((app|chart), '([a-z0-9-]+)'/g,
      "($1, 'moved-$2'",
    );
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, esModuleInterop: true },
    });
    const made = new Module(file) as any;
    made.filename = file;
    made.paths = (Module as any)._nodeModulePaths(join(root, example));
    made._compile(outputText, file);
  } else {
    load(file);
  }
  return synthesized.pop()!;
}

/** A chart of a user whose values come from Pulumi. */
function chartWithTokens(secret: pulumi.Output<string>): Chart {
  const chart = new Chart(new App(), renamed ? 'moved' : 'tokens', { namespace: 'team' });
  const object = (kind: string, id: string, rest: object) =>
    new ApiObject(chart, renamed ? `moved-${id}` : id, {
      ...{ apiVersion: 'v1', kind, metadata: { name: id } },
      ...rest,
    });
  object('Namespace', 'team', {});
  const value = token(secret);
  object('ConfigMap', 'settings', {
    data: { plain: 'plain', address: `https://user:${value}@host`, whole: value },
  });
  object('Secret', 'access', { stringData: { password: value, user: 'plain' } });
  object('Secret', 'encoded', { data: { password: base64Token(secret) } });
  object('ConfigMap', 'checksum', { data: { sha256: sha256Token(secret) } });
  return chart;
}

export = async () => {
  const config = new pulumi.Config();
  // As with a cluster that is still to be made: in a preview, what leads to it is not known.
  const { result } = new random.RandomPassword('kubeconfig', { length: 24 });
  const provider = new kubernetes.Provider('provider', { kubeconfig: result });
  const names = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  for (const name of names.filter((one) => !one.startsWith('pulumi-'))) {
    new Cdk8sStack(`cdk8s-${name}`, { app: appOf(name), fetched: folder }, { provider });
  }
  const chart = chartWithTokens(config.requireSecret('canary'));
  new Cdk8sStack('cdk8s-tokens', { chart }, { provider });
  const programs = renamed ? [] : names.filter((one) => one.startsWith('pulumi-'));
  return Object.fromEntries(programs.map((name) => [name, load(join(root, name, 'index'))]));
};
