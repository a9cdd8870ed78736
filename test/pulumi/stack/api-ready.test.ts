import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import * as pulumi from '@pulumi/pulumi';
import * as tls from '@pulumi/tls';
import { Duration } from 'cdk8s';
import { ApiProbe, ApiReady } from 'cdk8s-groundwork/pulumi';
import { DynamicProvider } from './dynamic-provider';
import { kubeconfigFacts } from '../../../lib/pulumi/stack/kubeconfig-facts';
import { newSecrets } from '../../../lib/cli/commands/secrets';
import { adminConf } from '../../../lib/node/sealing/kubeconfig';
import type { Secrets } from '../../../lib/node/sealing/secrets';
import { recordPulumi } from '../../../lib/testing/pulumi';
import { valuesOf } from '../outputs/look';

jest.setTimeout(300_000);

let texts: Secrets;
beforeAll(async () => {
  texts = await newSecrets(new Date());
});

const kubeconfig = (endpoint: string) => adminConf({ cluster: 'oslo', endpoint }, texts);

async function probeOf(endpoint: string, nodes: string[], changes = {}) {
  const args = { kubeconfig: kubeconfig(endpoint), nodes, ...changes };
  const recording = await recordPulumi(() => new ApiReady('oslo-api', args));
  return recording.named('oslo-api', 'pulumi-nodejs:dynamic/groundwork:ApiReady');
}

/** A certificate for a server at this address, signed by the authority of the cluster. */
async function serverPair({ files }: Secrets, address: string) {
  const { result } = await recordPulumi(() => {
    const { privateKeyPem } = new tls.PrivateKey('server', { algorithm: 'ECDSA' });
    const { certRequestPem } = new tls.CertRequest('server', {
      privateKeyPem,
      subject: { commonName: 'kube-apiserver' },
      ipAddresses: [address],
    });
    const { certPem } = new tls.LocallySignedCert('server', {
      certRequestPem,
      caCertPem: files['pki/ca.crt']!,
      caPrivateKeyPem: files['pki/ca.key']!,
      allowedUses: ['digital_signature', 'server_auth'],
      validityPeriodHours: 1,
    });
    return { cert: certPem, key: privateKeyPem };
  });
  return valuesOf(result);
}

describe('what is registered', () => {
  test('credentials alone are secret; the rest is to be seen in a preview', async () => {
    const { inputs, secrets, options } = await probeOf('https://api.oslo.example:6443', [
      'cp-1',
      'cp-2',
    ]);
    expect(inputs.server).toBe('https://api.oslo.example:6443');
    expect(inputs.certificateAuthority).toBe(texts.files['pki/ca.crt']);
    expect(inputs.nodes).toEqual(['cp-1', 'cp-2']);
    expect(secrets).toEqual(['clientCertificate', 'clientKey', 'token']);
    expect(inputs.clientKey).toBe(texts.admin.key);
    expect(inputs).toMatchObject({ timeoutSeconds: 1800, intervalSeconds: 5 });
    expect(options.customTimeouts).toMatchObject({ create: '1800s', update: '1800s' });
    // The code that travels knows no value.
    expect(inputs.__provider).not.toContain('BEGIN');
    expect(inputs.__provider).not.toContain('require(');
  });

  test.each([
    [
      { timeout: Duration.seconds(59) },
      'timeout must be between 1 minute and 1 day, got 59 seconds',
    ],
    [
      { timeout: Duration.hours(25) },
      'timeout must be between 1 minute and 1 day, got 1 day 60 minutes',
    ],
    [
      { interval: Duration.millis(10) },
      'interval must be between 1 second and 1 minute, got 10 millis',
    ],
    [{ probe: ApiProbe.SSH }, 'ssh must be given for ApiProbe.SSH, got nothing'],
    [{ probe: ApiProbe.SSH, ssh: {} }, 'machines must be given for ApiProbe.SSH, got nothing'],
    [
      { probe: ApiProbe.SSH, ssh: {}, interval: Duration.seconds(5) },
      'interval must be left out with ApiProbe.SSH, got 5 seconds',
    ],
  ])('%p is refused before anything is registered', async (changes, message) => {
    const { resources } = await recordPulumi(() => {
      expect(() => new ApiReady('x', { kubeconfig: 'x', nodes: [], ...changes })).toThrow(
        `[x] ${message}; `,
      );
    });
    expect(resources).toEqual([]);
  });

  test.each([
    ['files', (text: string) => text.replace(/client-key-data: .*/, 'client-key: /root/my.key')],
    ['no https', (text: string) => text.replace('https:', 'http:')],
    ['no YAML', (text: string) => `[${text}`],
    ['nothing', () => ''],
  ])('a kubeconfig with %s is refused, without a word of it', (_, change) => {
    expect(() => kubeconfigFacts('oslo', change(kubeconfig('https://a:1')))).toThrow(
      // The program ends with the message, and no stack.
      new pulumi.RunError(
        '[oslo] kubeconfig must be one whose current context has an https server, certificate-authority-data, and client certificate and key or a token as data, got another; ' +
          'files and login programs of one machine are not there on the next one: make a kubeconfig with everything in it',
      ),
    );
  });
});

describe('the probe in the process of the dynamic provider', () => {
  let provider: DynamicProvider;
  let server: Server;
  let api: { ready: boolean; nodes: string[]; seen: string[] };

  beforeAll(async () => {
    provider = await DynamicProvider.start();
  });
  afterAll(() => provider.stop());
  beforeEach(() => {
    api = { ready: true, nodes: ['cp-1', 'cp-2'], seen: [] };
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  /** An API server that asks who calls. */
  async function serve(authority = texts) {
    const pair = await serverPair(authority, '127.0.0.1');
    server = createServer(
      {
        ...pair,
        ...{ ca: texts.files['pki/ca.crt'], requestCert: true, rejectUnauthorized: false },
      },
      (request, response) => {
        const known = (request.socket as TLSSocket).authorized;
        api.seen.push(`${request.url} ${known ? 'as administrator' : 'as nobody'}`);
        if (request.url!.startsWith('/readyz')) {
          response.statusCode = api.ready ? 200 : 500;
          response.end(
            api.ready ? 'ok' : '[+]ping ok\n[-]etcd failed: reason withheld\nreadyz failed',
          );
        } else {
          response.statusCode = known ? 200 : 403;
          response.end(
            JSON.stringify({ items: api.nodes.map((name) => ({ metadata: { name } })) }),
          );
        }
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function inputsFor(endpoint: string, nodes: string[]): Promise<Record<string, any>> {
    const { inputs } = await probeOf(endpoint, nodes);
    return { ...inputs, timeoutSeconds: 1, intervalSeconds: 0.05 };
  }

  const refused = async (inputs: object) => {
    const error = await provider.create(inputs).then(
      () => undefined,
      (thrown: Error & { details: string }) => thrown,
    );
    return error?.details;
  };

  test('ends when the API is ready and all Nodes are there, and leaves no key in its outputs', async () => {
    const inputs = await inputsFor(await serve(), ['cp-1', 'cp-2']);
    // A preview asks no further than this.
    expect(await provider.check(inputs)).toEqual(inputs);
    expect(api.seen).toEqual([]);
    const { id, outs } = await provider.create(inputs);
    expect(id).toBe(inputs.server);
    expect(JSON.stringify(outs)).not.toContain('BEGIN');
    expect(api.seen).toEqual([
      '/readyz?verbose as administrator',
      '/api/v1/nodes as administrator',
    ]);
  });

  test('goes on asking until it is, and says each obstacle once', async () => {
    const inputs = await inputsFor(await serve(), ['cp-1', 'cp-2', 'cp-3']);
    api.ready = false;
    const created = provider.create({ ...inputs, timeoutSeconds: 30 });
    await until(() => api.seen.length > 3);
    api.ready = true;
    await until(() => api.seen.filter((line) => line.includes('nodes')).length > 2);
    api.nodes.push('cp-3');
    await created;
    expect(provider.lines.filter((line) => line.includes(inputs.server))).toEqual([
      `waiting for ${inputs.server}: status 500 from /readyz [-]etcd failed: reason withheld`,
      `waiting for ${inputs.server}: no Node cp-3`,
    ]);
  });

  test('waits again for a Node that an update adds', async () => {
    const inputs = await inputsFor(await serve(), ['cp-1']);
    const { id, outs } = await provider.create(inputs);
    const updated = provider.update(id, outs, {
      ...inputs,
      nodes: ['cp-1', 'w-1'],
      timeoutSeconds: 30,
    });
    await until(() => api.seen.length > 6);
    api.nodes.push('w-1');
    expect((await updated).nodes).toEqual(['cp-1', 'w-1']);
  });

  test('says what was in the way when time is up, and where to look', async () => {
    const inputs = await inputsFor(await serve(), ['cp-1', 'w-1', 'w-2']);
    expect(await refused(inputs)).toBe(
      `${inputs.server} must be ready and know its Nodes within 1 seconds, got no Node w-1, w-2; ` +
        'look at /var/lib/groundwork/status on the machines that are missing, or on the first control plane when nothing answers; ' +
        'a control plane that joins later than 2 hours after the first one, and a worker later than a day, needs "bootstrap --only admit" on a running control plane',
    );
  });

  test('does not take another cluster at the same address for this one', async () => {
    const inputs = await inputsFor(await serve(await newSecrets(new Date())), ['cp-1']);
    expect(await refused(inputs)).toContain('got unable to verify the first certificate; ');
    expect(api.seen).toEqual([]);
  });

  test('a closed port is an obstacle like any other', async () => {
    const inputs = await inputsFor(await serve(), ['cp-1']);
    await new Promise((resolve) => server.close(resolve));
    expect(await refused(inputs)).toMatch(/got connect ECONNREFUSED 127\.0\.0\.1:\d+; /);
  });
});

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
