import { readdirSync } from 'node:fs';
import { directly, unknownUrns, waitsFor } from './graph';
import { leaks } from './leaks';
import { looseReferences, podSpec, type Reference, references } from './references';
import type { Run } from './stub-engine';
import { isSecret, isUnknown, plain, redacted, type Registration } from './wire';
import { CANARIES, CONFIG, exampleEngine, EXAMPLES, objectsByStack } from './world';
import { requireFreshBuild } from './fresh-build';
import { examplesRoot } from '../../support/examples';

// A machine that does other things at the same time takes ten times as long.
jest.setTimeout(1_800_000);

const examples = readdirSync(examplesRoot, { withFileTypes: true }).filter((entry) =>
  entry.isDirectory(),
);
const [pulumiExamples, cdk8sExamples] = [true, false].map((ofPulumi) =>
  examples.map(({ name }) => name).filter((name) => name.startsWith('pulumi-') === ofPulumi),
) as [string[], string[]];

let first: Run;
let second: Run;
let preview: Run;
let renamed: Run;

beforeAll(async () => {
  requireFreshBuild();
  const engine = exampleEngine();
  [first, preview, renamed] = await Promise.all([
    engine.run(EXAMPLES, CONFIG),
    exampleEngine().run(EXAMPLES, { ...CONFIG, dryRun: true }),
    exampleEngine().run(EXAMPLES, {
      ...CONFIG,
      dryRun: true,
      env: { RENAME_CONSTRUCTS: '1' },
    }),
  ]);
  second = await engine.run(EXAMPLES, CONFIG);
});

/** Errors that the engine would show. */
function errors({ logs, exitCode }: Run) {
  return { exitCode, errors: logs.filter(({ severity }) => severity === 'error') };
}

const nameOf = (object: Record<string, any>) =>
  `${object.kind} ${[object.metadata.namespace, object.metadata.name].filter(Boolean).join('/')}`;

/** For each stack: what its objects refer to, and where both stand. */
function referencesIn(
  run: Run,
  find: (objects: Record<string, any>[]) => Reference[],
): { said: string; from: Registration; to: Registration }[] {
  return objectsByStack(run.registrations).flatMap(({ name, objects }) => {
    const manifests = objects.map(({ inputs }) => plain(inputs));
    return find(manifests).map(({ from, to, why }) => ({
      said: `${name}: ${nameOf(from)} needs ${nameOf(to)} (${why})`,
      from: objects[manifests.indexOf(from)]!,
      to: objects[manifests.indexOf(to)]!,
    }));
  });
}

test('every run ends well, and every example took part', () => {
  for (const run of [first, second, preview, renamed]) {
    expect(errors(run)).toEqual({ exitCode: 0, errors: [] });
  }
  const stacks = objectsByStack(first.registrations);
  expect(stacks.map(({ name }) => name)).toEqual(
    expect.arrayContaining([...cdk8sExamples.map((name) => `cdk8s-${name}`), 'cdk8s-tokens']),
  );
  expect(stacks.filter(({ objects }) => objects.length === 0)).toEqual([]);
  const [root] = first.registrations;
  expect(Object.keys(first.outputs.get(root!.urn)!).sort()).toEqual(pulumiExamples);
});

describe('order', () => {
  test('no request speaks of a resource that was not there before it', () => {
    for (const run of [first, second, preview]) {
      expect(unknownUrns(run.registrations)).toEqual([]);
    }
  });

  test('what an object needs it waits for, over however many edges', () => {
    const waits = waitsFor(first.registrations);
    const found = referencesIn(first, references);
    // Or the finder is blind.
    expect(found.length).toBeGreaterThan(300);
    const missing = found.filter(({ from, to }) => !waits.get(from.urn)!.has(to.urn));
    expect(missing.map(({ said }) => said)).toEqual([]);
  });

  test('what an object mentions is registered before it', () => {
    const place = new Map(first.registrations.map(({ urn }, index) => [urn, index]));
    const found = referencesIn(first, looseReferences);
    expect(found.length).toBeGreaterThan(3);
    const late = found.filter(({ from, to }) => place.get(to.urn)! > place.get(from.urn)!);
    expect(late.map(({ said }) => said)).toEqual([]);
  });

  test('no pods wait for a Service: it has endpoints only when they run', () => {
    const services = new Set(
      first.registrations.filter(({ inputs }) => inputs.kind === 'Service').map(({ urn }) => urn),
    );
    const waiting = first.registrations
      .filter((registration) => podSpec(plain(registration.inputs)) !== undefined)
      .filter((registration) => directly(registration).some((urn) => services.has(urn)));
    expect(waiting.map(({ urn }) => urn)).toEqual([]);
  });

  test('objects have few edges: none waits for a whole phase', () => {
    const objects = objectsByStack(first.registrations).flatMap((stack) => stack.objects);
    const edges = objects.reduce((sum, { dependencies }) => sum + dependencies.length, 0);
    expect(edges / objects.length).toBeLessThan(6);
  });
});

describe('secrets', () => {
  test('no secret stands outside of a wrapper, in any byte that was said', () => {
    for (const run of [first, preview]) {
      const secrets = [...Object.values(CANARIES), ...run.secrets].filter(
        // The half of a bootstrap token that is public by design is too short to be looked for.
        (text) => text.length >= 12,
      );
      // With `--debug` the SDK logs each answer of the engine, whatever is in it.
      const logs = run.logs.filter(({ severity, message }) =>
        severity === 'debug' ? !message.startsWith('RegisterResource RPC finished: ') : true,
      );
      expect(leaks({ ...run, logs }, secrets)).toEqual([]);
    }
    expect(first.secrets.size).toBeGreaterThan(40);
  });

  test('the search finds a secret that is let out', () => {
    const value = CANARIES.canary;
    const spoken = [
      value,
      Buffer.from(`--${value}--`).toString('base64'),
      JSON.stringify({ value: `a\n${value}` }),
    ];
    for (const message of spoken) {
      const log = { severity: 'debug' as const, message, urn: '' };
      expect(leaks({ ...first, registrations: [], logs: [log] }, [value])).toEqual([
        'a log line (debug)',
      ]);
    }
  });

  test('they reach what they are for: user-data, objects, the kubeconfig', () => {
    const secret = (inputs: any) => isSecret(inputs);
    const machines = first.registrations.filter(({ type }) =>
      /^(hcloud:index\/server|openstack:compute\/instance):/.test(type),
    );
    expect(machines).toHaveLength(10);
    expect(machines.filter(({ inputs }) => !secret(inputs.userData))).toEqual([]);
    for (const { inputs } of machines) {
      expect(plain(inputs.userData)).toMatch(
        /^#cloud-config|^MIME-Version: 1.0\nContent-Type: multipart/,
      );
    }
    const object = (name: string) =>
      first.registrations.find((one) => one.name === `cdk8s-tokens:${name}`)!.inputs;
    const { canary } = CANARIES;
    expect(redacted(object('ConfigMap:team/settings').data)).toEqual({
      plain: 'plain',
      address: '[secret]',
      whole: '[secret]',
    });
    expect(plain(object('ConfigMap:team/settings').data)).toEqual({
      plain: 'plain',
      address: `https://user:${canary}@host`,
      whole: canary,
    });
    expect(plain(object('Secret:team/encoded').data.password)).toBe(
      Buffer.from(canary).toString('base64'),
    );
    expect(redacted(object('Secret:team/access').stringData)).toEqual({
      password: '[secret]',
      user: '[secret]',
    });
    const kubeconfigs = first.registrations.filter(
      ({ type }) => type === 'pulumi:providers:kubernetes',
    );
    expect(kubeconfigs.length).toBeGreaterThanOrEqual(1 + pulumiExamples.length);
    expect(kubeconfigs.filter(({ inputs }) => !secret(inputs.kubeconfig))).toEqual([]);
  });
});

describe('a whole cluster', () => {
  // On machines of one's own, on Hetzner Cloud, on OpenStack.
  const CLUSTERS = ['bergen', 'helsinki', 'oslo'];
  const STACK = 'cdk8s-groundwork:index:NvmeControlPlaneStack';

  /** The parts of one cluster. */
  function partsOf(name: string) {
    const all = first.registrations.filter(({ urn }) => urn.includes(STACK));
    // A port has the name of its machine.
    const one = (test: (registration: Registration) => boolean) =>
      all.filter((registration) => !/:Port$/.test(registration.type) && test(registration));
    return {
      keys: one((r) => r.custom && /\$(tls|random):/.test(r.urn) && r.name.startsWith(`${name}:`)),
      controlPlanes: one((r) => r.custom && new RegExp(`^${name}-cp-\\d$`).test(r.name)),
      workers: one((r) => r.custom && new RegExp(`^${name}-w-\\d$`).test(r.name)),
      waits: one((r) => r.custom && /index:ApiReady\$/.test(r.urn) && r.name.startsWith(name)),
      provider: one((r) => r.type === 'pulumi:providers:kubernetes' && r.name.startsWith(name))[0]!,
      objects: objectsByStack(all).find((stack) => stack.name === name)!.objects,
    };
  }

  test.each(CLUSTERS)('%s: keys, machines, the wait, the provider, objects', (name) => {
    const waits = waitsFor(first.registrations);
    const after = (later: Registration, earlier: Registration) =>
      waits.get(later.urn)!.has(earlier.urn);
    const { keys, controlPlanes, workers, provider, objects, ...parts } = partsOf(name);
    expect(keys.length).toBeGreaterThan(10);
    expect(controlPlanes).toHaveLength(3);
    expect(workers.length).toBeGreaterThan(0);
    expect(objects.length).toBeGreaterThan(30);

    const authority = keys.find((key) => key.name === `${name}:pki/ca.crt`)!;
    const token = keys.find((key) => key.name === `${name}:bootstrap-token.secret`)!;
    const machines = [...controlPlanes, ...workers];
    expect(machines.filter((machine) => !after(machine, token))).toEqual([]);
    expect(after(controlPlanes[0]!, authority)).toBe(true);
    expect(parts.waits.length).toBeGreaterThan(0);
    for (const wait of parts.waits) {
      expect(machines.filter((machine) => !after(wait, machine))).toEqual([]);
      expect(after(provider, wait)).toBe(true);
    }
    const other = objects.filter((object) => object.provider !== `${provider.urn}::${name}-id`);
    expect(other.map(({ urn, provider: ref }) => [urn, ref])).toEqual([]);
    expect(objects.filter((object) => !after(object, provider))).toEqual([]);
  });

  test.each(CLUSTERS)('%s: machines are kept, and so are authorities', (name) => {
    const { controlPlanes, workers, keys } = partsOf(name);
    expect(controlPlanes.map(({ protect }) => protect)).toEqual([true, true, true]);
    const ignored = name === 'bergen' ? ['stdin'] : ['userData'];
    for (const { ignoreChanges } of [...controlPlanes, ...workers]) {
      expect(ignoreChanges).toEqual(ignored);
    }
    const authorities = keys.filter((key) => /pki\/.*ca\.(crt|key)$/.test(key.name));
    expect(authorities.map(({ protect }) => protect)).toEqual(Array(6).fill(true));
  });
});

describe('preview before there is a cluster', () => {
  test('lists every resource of the update that follows', () => {
    expect(difference(urns(preview), urns(first))).toEqual([]);
  });

  test('knows no kubeconfig, and yet all of every object but what comes from Outputs', () => {
    const providers = preview.registrations.filter(
      // All but the one whose cluster is there already.
      ({ type, name }) => type === 'pulumi:providers:kubernetes' && !name.startsWith('tromso'),
    );
    expect(providers).toHaveLength(4);
    expect(providers.map(({ inputs }) => isUnknown(plain(inputs.kubeconfig)))).toEqual(
      providers.map(() => true),
    );
    const known = new Map(first.registrations.map(({ urn, inputs }) => [urn, inputs]));
    const objects = objectsByStack(preview.registrations)
      .filter(({ name }) => name !== 'cdk8s-tokens')
      .flatMap((stack) => stack.objects);
    for (const { urn, inputs } of objects) {
      expect({ urn, inputs }).toEqual({ urn, inputs: known.get(urn) });
    }
  });
});

test('a second update with the same spec registers identical inputs, byte for byte', () => {
  expect(difference(urns(second), urns(first))).toEqual([]);
  const bytes = (run: Run) =>
    new Map(
      run.registrations.map(({ urn, request }) => [
        urn,
        Buffer.from(request.getObject()!.serializeBinary()).toString('base64'),
      ]),
    );
  const before = bytes(first);
  const changed = [...bytes(second)].filter(([urn, text]) => before.get(urn) !== text);
  expect(changed.map(([urn]) => urn)).toEqual([]);
  expect(second.registrations.filter(({ step }) => step !== 'same')).toEqual([]);
});

test('renaming every construct changes no URN', () => {
  const ofExamples = ({ registrations }: Run) =>
    registrations.filter(({ name }) => name.startsWith('cdk8s-')).map(({ urn }) => urn);
  expect(ofExamples(renamed).length).toBeGreaterThan(250);
  expect(difference(ofExamples(renamed), ofExamples(first))).toEqual([]);
});

function urns({ registrations }: Run): string[] {
  return registrations.map(({ urn }) => urn);
}

/** What is on one side only. */
function difference(some: readonly string[], others: readonly string[]): string[] {
  const [left, right] = [new Set(some), new Set(others)];
  return [
    ...others.filter((one) => !left.has(one)).map((one) => `lacks ${one}`),
    ...some.filter((one) => !right.has(one)).map((one) => `has ${one}`),
  ].sort();
}
