import { readFileSync } from 'node:fs';
import { MetalLbMode, SecretRef } from '../../lib';
import type { ObjectSet } from '../../lib/testing';
import { validateStrictly } from '../support/strict-schema';
import { describeWithUpstream, upstreamFile, upstreamManifest } from '../support/upstream';
import { metalLb, worker } from './balancer';
import { osloMachine } from '../support/oslo';

const bgpMode = MetalLbMode.bgp({
  asNumber: 64512,
  peers: [{ address: '192.0.2.1', asNumber: 64513, password: SecretRef.of('tor', 'password') }],
});
const routed = [{ name: 'edge', addresses: ['198.51.100.16/28'] }];
const withWorkers = { machines: [...[1, 2, 3].map((n) => osloMachine(n)), worker(1)] };
const variants = {
  'layer 2': metalLb().objects,
  'layer 2 with everything': metalLb({ validatingWebhook: true, metrics: true }).objects,
  'layer 2 on workers': metalLb({}, withWorkers).objects,
  BGP: metalLb({ pools: routed, mode: bgpMode }).objects,
};

interface Rule {
  readonly apiGroups?: string[];
  readonly resources?: string[];
  readonly resourceNames?: string[];
  readonly verbs: string[];
}

/** Every single right as `group resource name verb`; `*` verbs are spelt out. */
function grants(rules: Rule[]): string[] {
  const all = 'create delete get list patch update watch'.split(' ');
  return rules.flatMap(({ apiGroups = [], resources = [], resourceNames = ['*'], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.flatMap((name) =>
          (verbs.includes('*') ? all : verbs).map((verb) => `${group} ${resource} ${name} ${verb}`),
        ),
      ),
    ),
  );
}

/** All that an account may do, in the namespace or everywhere. */
function rightsOf(objects: ObjectSet, account: string): string[] {
  const bound = (kind: string, roleKind: string, where: string) =>
    objects.all
      .filter((o) => o.kind === kind && o.subjects.some((s: any) => s.name === account))
      .flatMap(({ roleRef }) =>
        grants(objects.find(roleKind, roleRef.name).rules).map((right) => `${where} ${right}`),
      );
  return [
    ...bound('RoleBinding', 'Role', 'here'),
    ...bound('ClusterRoleBinding', 'ClusterRole', 'everywhere'),
  ];
}

/** Whether somebody with these rights may do what the right says. */
function covered(right: string, by: string[]): boolean {
  const [where, group, resource, , verb] = right.split(' ');
  return (
    by.includes(right) ||
    by.includes(`${where} ${group} ${resource} * ${verb}`) ||
    (where === 'here' && by.includes(`everywhere ${group} ${resource} * ${verb}`))
  );
}

describeWithUpstream('MetalLB against the manifest of the pinned release', () => {
  const upstream = upstreamManifest('metallb-0.16.1-native-without-crds.yaml');
  const full = variants['layer 2 with everything'];

  test.each(Object.entries(variants))('%s: every object is valid', (_name, objects) => {
    expect(objects.all.flatMap((object) => validateStrictly(object))).toEqual([]);
    expect(objects.all.length).toBeGreaterThan(20);
  });

  test('with the webhook there is every object of upstream', () => {
    const names = (objects: ObjectSet) => objects.all.map((o) => `${o.kind} ${o.metadata.name}`);
    // Ours has a Role for each account.
    const renamed: Record<string, string> = {
      'Role pod-lister': 'Role speaker',
      'RoleBinding pod-lister': 'RoleBinding speaker',
    };
    const own = names(full);
    const missing = names(upstream)
      .map((name) => renamed[name] ?? name)
      .filter((n) => !own.includes(n));
    expect(missing).toEqual([]);
  });

  // What upstream's pods may do, and ours need not: the reader can judge each line.
  test.each(['controller', 'speaker'])('%s may do nothing that upstream does not let it', (who) => {
    const theirs = rightsOf(upstream, who);
    for (const objects of Object.values(variants)) {
      const more = rightsOf(objects, who).filter(
        (right) => !covered(right, theirs) && !/(tokenreviews|subjectaccessreviews)/.test(right),
      );
      expect(more).toEqual([]);
    }
  });

  test('what upstream lets the speaker do besides', () => {
    const own = rightsOf(variants['layer 2'], 'speaker');
    const spared = rightsOf(upstream, 'speaker').filter((right) => !covered(right, own));
    expect(spared).toEqual([
      // A sub-resource knows no other verbs than those to read and change it.
      ...['create', 'delete', 'list', 'watch'].map(
        (verb) => `everywhere metallb.io configurationstates/status * ${verb}`,
      ),
      ...['get', 'list', 'watch'].map((verb) => `everywhere  endpoints * ${verb}`),
      'everywhere policy podsecuritypolicies speaker use',
    ]);
  });

  test('without the webhook the controller reads no Secret, and changes no definition', () => {
    for (const objects of [variants['layer 2'], variants.BGP]) {
      const rights = rightsOf(objects, 'controller').filter((right) =>
        /secrets|customresourcedefinitions|webhook/.test(right),
      );
      expect(rights).toEqual(
        objects === variants.BGP ? [] : ['here  secrets * create', 'here  secrets memberlist list'],
      );
    }
  });

  test('pods are started as upstream starts them, but for what was decided', () => {
    const pod = (objects: ObjectSet, kind: string) => objects.find(kind).spec.template.spec;
    for (const kind of ['Deployment', 'DaemonSet']) {
      const [own, theirs] = [pod(full, kind), pod(upstream, kind)];
      const [mine, other] = [own.containers[0], theirs.containers[0]];
      expect(mine.image).toBe(other.image);
      expect(mine.args.filter((arg: string) => !other.args.includes(arg))).toEqual(
        kind === 'DaemonSet' ? ['--ignore-exclude-lb'] : [],
      );
      const envNames = (c: any) => c.env.map((e: any) => e.name).sort();
      expect(envNames(mine)).toEqual(
        // MetalLB says itself that METALLB_HOST is no longer used.
        envNames(other).filter((name: string) => name !== 'METALLB_HOST'),
      );
      for (const env of mine.env) {
        expect(other.env).toContainEqual(env);
      }
      const bare = ({ initialDelaySeconds: _i, ...rest }: any) => rest;
      expect(bare(mine.livenessProbe)).toEqual(bare(other.livenessProbe));
      expect(bare(mine.readinessProbe)).toEqual(bare(other.readinessProbe));
      expect(mine.ports).toEqual(
        other.ports.map(({ protocol, ...port }: any) =>
          protocol === 'UDP' ? { ...port, protocol } : port,
        ),
      );
      expect(own.hostNetwork).toBe(theirs.hostNetwork);
      const mounts = (c: any) => c.volumeMounts.map((m: any) => `${m.name} ${m.mountPath}`);
      expect(mounts(other).filter((m: string) => !mounts(mine).includes(m))).toEqual(
        kind === 'DaemonSet' ? ['memberlist-config /etc/metallb/memberlist'] : [],
      );
    }
  });

  test('the webhook asks about the same kinds, and cannot lock anybody out', () => {
    const own = full.find('ValidatingWebhookConfiguration').webhooks;
    const theirs = upstream.find('ValidatingWebhookConfiguration').webhooks;
    const meaning = ({ failurePolicy: _f, timeoutSeconds: _t, ...rest }: any) => rest;
    expect(own.map(meaning)).toEqual(theirs.map(meaning));
    expect(own.map((w: any) => w.failurePolicy)).toEqual(own.map(() => 'Ignore'));
  });

  test('no speaker answers on interfaces on which upstream does not', () => {
    const list = (objects: ObjectSet) =>
      JSON.parse(
        objects
          .find('ConfigMap', 'metallb-excludel2')
          .data['excludel2.yaml'].replace(/^announcedInterfacesToExclude: /, ''),
      ) as string[];
    const own = list(full);
    // lxcbr is one of lxc.
    expect(list(upstream).filter((name) => !own.includes(name))).toEqual(['^lxcbr.*']);
    expect(own.every((name) => new RegExp(name) instanceof RegExp)).toBe(true);
    const foreign = ['vxlan.calico', 'wireguard.cali', 'cali12', 'kube-ipvs0', 'bpfin.cali', 'lo'];
    expect(foreign.filter((nic) => !own.some((name) => new RegExp(name).test(nic)))).toEqual([]);
    expect(
      ['eno1', 'eth0', 'bond0.20', 'enp1s0'].filter((nic) =>
        own.some((name) => new RegExp(name).test(nic)),
      ),
    ).toEqual([]);
  });
});

describeWithUpstream('definitions of MetalLB against those of the pinned release', () => {
  const theirs: any[] = JSON.parse(
    readFileSync(upstreamFile('crds', 'metallb-0.16.1.json'), 'utf8'),
  );
  const own = variants['layer 2'].ofKind('CustomResourceDefinition');

  test('all kinds that MetalLB watches, and those that it writes', () => {
    const names = own.map(({ metadata }) => metadata.name).sort();
    expect(names).toEqual(
      [
        ...theirs.map(({ metadata }) => metadata.name),
        'configurationstates.metallb.io',
        'servicebgpstatuses.metallb.io',
        'servicel2statuses.metallb.io',
      ].sort(),
    );
  });

  test.each(theirs.map((crd) => [crd.metadata.name, crd]))('%s', (name, crd: any) => {
    const mine = own.find(({ metadata }) => metadata.name === name)!;
    expect(mine.spec.names).toEqual(crd.spec.names);
    expect(mine.spec.scope).toBe(crd.spec.scope);
    const versions = (one: any) =>
      one.spec.versions.map(({ name: version, served, storage, subresources }: any) => ({
        version,
        served,
        storage,
        subresources,
      }));
    expect(versions(mine)).toEqual(versions(crd));
    for (const version of mine.spec.versions) {
      const other = crd.spec.versions.find((v: any) => v.name === version.name);
      const spec = version.schema.openAPIV3Schema.properties.spec;
      const otherSpec = other.schema.openAPIV3Schema.properties.spec;
      expect(spec['x-kubernetes-preserve-unknown-fields']).toBe(true);
      expect(spec.required ?? []).toEqual(
        Object.keys(spec.properties).length === 0 ? [] : (otherSpec.required ?? []),
      );
      // What is typed is typed as upstream types it.
      for (const [field, schema] of Object.entries(spec.properties)) {
        expect([field, schema]).toEqual([field, otherSpec.properties[field]]);
      }
    }
  });

  test('every field that is written is typed', () => {
    const custom = Object.values(variants)
      .flatMap(({ all }) => all)
      .filter(({ apiVersion }) => apiVersion.startsWith('metallb.io/'));
    for (const { apiVersion, kind, spec } of custom) {
      const crd = own.find((one) => one.spec.names.kind === kind)!;
      const version = crd.spec.versions.find((v: any) => apiVersion.endsWith(`/${v.name}`));
      const known = Object.keys(version.schema.openAPIV3Schema.properties.spec.properties);
      expect(Object.keys(spec).filter((field) => !known.includes(field))).toEqual([]);
    }
    expect(custom.length).toBeGreaterThan(6);
  });

  test('only with the webhook the controller translates between versions', () => {
    const peers = (objects: ObjectSet) =>
      objects.find('CustomResourceDefinition', 'bgppeers.metallb.io');
    expect(peers(variants['layer 2']).spec.conversion).toBeUndefined();
    expect(peers(variants['layer 2 with everything']).spec.conversion).toEqual({
      strategy: 'Webhook',
      webhook: {
        conversionReviewVersions: ['v1beta1', 'v1beta2'],
        clientConfig: {
          service: {
            namespace: 'metallb-system',
            name: 'metallb-webhook-service',
            path: '/convert',
          },
        },
      },
    });
  });
});
