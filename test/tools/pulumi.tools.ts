import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { LocalWorkspace, type Stack } from '@pulumi/pulumi/automation';
import { run } from './programs';
import {
  newAdministrator,
  newAuthority,
  newPrivateKey,
  publicKeyOf,
} from '../../lib/cli/authorities';
import { adminConf } from '../../lib/node/sealing/kubeconfig';
import { PREVIEWED, UPDATED, writeProject } from '../pulumi/engine/bare';
import { projectRoot } from '../support/markdown';
import { tempDir } from '../support/temp-app';

// The examples under a real engine, with the real provider, against a real API server. None of the programs
// can be had from a registry of packages: not `pulumi`, whose package of that name downloads it, nor its
// provider, nor the servers of Kubernetes. So they are missing on most machines, in CI too, and that is no
// failure there: the same programs run in `npm test` against an engine of our own. Whoever has them finds
// out here what only they know.

jest.setTimeout(900_000);

const assets = process.env.KUBEBUILDER_ASSETS ?? '/nonexistent';
const missing = [
  ...['pulumi', 'pulumi-resource-kubernetes'].filter((name) => run('which', [name]).status !== 0),
  ...['etcd', 'kube-apiserver']
    .filter((name) => !existsSync(join(assets, name)))
    .map((name) => `${name} in $KUBEBUILDER_ASSETS`),
];

if (missing.length > 0) {
  say(`skipped, ${missing.join(', ')} not found: examples under pulumi up`);
  test.skip('examples under pulumi up', () => undefined);
} else {
  say(
    'examples under pulumi up: an API server alone runs no pod, so nothing but definitions is waited for, ' +
      'webhooks are off, and kinds of operators are defined without a schema',
  );
  const running: ChildProcess[] = [];
  afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')));

  // Each with a server of its own: they have objects of the same name.
  test.each(UPDATED)(
    '%s: a preview lists every object, an update creates it, and a second one finds nothing to do',
    async (name) => {
      const stack = await stackOf(name, await startApiServer(running));
      const preview = await stack.preview();
      const update = await stack.up();
      expect(update.summary.result).toBe('succeeded');
      expect(update.summary.resourceChanges).toEqual(preview.changeSummary);
      expect((await stack.up()).summary.resourceChanges).toEqual({
        same: preview.changeSummary.create,
      });
      const state = JSON.stringify(await stack.exportStack());
      expect(state).not.toContain('client-key-data');
      expect((await stack.destroy()).summary.result).toBe('succeeded');
    },
  );

  for (const [name, { why, plugins, config }] of Object.entries(PREVIEWED)) {
    const absent = plugins
      .map((plugin) => `pulumi-resource-${plugin}`)
      .filter((program) => run('which', [program]).status !== 0);
    say(
      absent.length === 0
        ? `${name}: preview only, ${why}`
        : `skipped, ${absent.join(', ')} not found: ${name}, of which only a preview is asked, since ${why}`,
    );
    (absent.length === 0 ? test : test.skip)(
      `${name}: a preview lists every machine and every object`,
      async () => {
        const stack = await stackOf(name, 'of no cluster', config);
        const { changeSummary } = await stack.preview();
        expect(changeSummary.create).toBeGreaterThan(50);
      },
    );
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A stack whose program is an example, with its state in a folder of its own. */
async function stackOf(
  example: string,
  kubeconfig: string,
  config: Readonly<Record<string, string>> = {},
): Promise<Stack> {
  const workDir = tempDir();
  const { name } = writeProject(workDir);
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: `organization/${name}/test`, workDir },
    {
      envVars: {
        PULUMI_BACKEND_URL: `file://${workDir}`,
        PULUMI_CONFIG_PASSPHRASE: 'of a test',
        PULUMI_SKIP_UPDATE_CHECK: 'true',
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
        PULUMI_NODEJS_TRANSPILE_ONLY: 'true',
        PULUMI_NODEJS_TSCONFIG_PATH: join(projectRoot, 'test/tsconfig.json'),
      },
    },
  );
  await stack.setAllConfig({
    examples: { value: example },
    kubeconfig: { value: kubeconfig, secret: true },
    ...Object.fromEntries(Object.entries(config).map(([key, value]) => [key, { value }])),
  });
  return stack;
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** etcd and an API server; nothing else of a cluster, so no pod ever runs. */
async function startApiServer(running: ChildProcess[]): Promise<string> {
  const folder = tempDir();
  const [client, peer, secure] = [await freePort(), await freePort(), await freePort()];
  const start = (program: string, flags: Record<string, string>) =>
    running.push(
      spawn(
        join(assets, program),
        Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
        { stdio: 'ignore' },
      ),
    );
  const etcd = `http://127.0.0.1:${client}`;
  const authority = await newAuthority('kubernetes', new Date());
  const admin = await newAdministrator(authority, new Date());
  const account = newPrivateKey();
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  start('etcd', {
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': etcd,
    'advertise-client-urls': etcd,
    'listen-peer-urls': `http://127.0.0.1:${peer}`,
  });
  start('kube-apiserver', {
    'etcd-servers': etcd,
    'secure-port': String(secure),
    'bind-address': '127.0.0.1',
    'cert-dir': join(folder, 'serving'),
    'client-ca-file': file('ca.crt', authority.certificate),
    'service-account-key-file': file('sa.pub', publicKeyOf(account)),
    'service-account-signing-key-file': file('sa.key', account),
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-cluster-ip-range': '10.96.0.0/16',
    'authorization-mode': 'AlwaysAllow',
    // Nobody answers behind a webhook of an example.
    'disable-admission-plugins': 'MutatingAdmissionWebhook,ValidatingAdmissionWebhook',
  });
  const endpoint = `https://127.0.0.1:${secure}`;
  for (let attempt = 0; ; attempt++) {
    const { status } = run('curl', ['-ksf', '-m', '5', `${endpoint}/readyz`]);
    if (status === 0) {
      break;
    }
    if (attempt === 120) {
      throw new Error(`${endpoint}/readyz did not answer within two minutes`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  // The server made its own certificate; only this machine can stand between.
  return adminConf({ cluster: 'test', endpoint }, { files: { 'pki/ca.crt': '' }, admin }).replace(
    'certificate-authority-data: ""',
    'insecure-skip-tls-verify: true',
  );
}
