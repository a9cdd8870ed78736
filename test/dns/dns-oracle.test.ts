import { readFileSync } from 'node:fs';
import { KubeProxyMode } from '../../lib';
import { ObjectSet } from '../../lib/testing';
import { describeWithUpstream, upstreamFile } from '../support/upstream';
import { parseCorefile, type Plugin, type ServerBlock } from './corefile-parser';
import { args, blocks, foreign, pod, render, type RenderedDns } from './dns';

const alone = render({}, { kubeProxyMode: KubeProxyMode.IPVS });
const both = foreign({}, { kubeProxyMode: KubeProxyMode.IPTABLES });

describeWithUpstream("against upstream's template", () => {
  const text = readFileSync(upstreamFile('manifests', 'kubernetes-1.36-nodelocaldns.yaml'), 'utf8');
  /** The template as upstream's guide has it filled in, and as node-cache fills in the rest. */
  const filled = (clusterIp: string, upstream: string) => {
    const only = clusterIp === '';
    const values: Record<string, string> = {
      ...(only ? { ',__PILLAR__DNS__SERVER__': '', ' __PILLAR__DNS__SERVER__': '' } : {}),
      __PILLAR__LOCAL__DNS__: '169.254.20.10',
      __PILLAR__DNS__SERVER__: clusterIp,
      __PILLAR__DNS__DOMAIN__: 'cluster.local',
      __PILLAR__CLUSTER__DNS__: upstream,
      __PILLAR__UPSTREAM__SERVERS__: '/etc/resolv.conf',
    };
    const result = Object.entries(values).reduce((t, [from, to]) => t.replaceAll(from, to), text);
    expect(result).not.toContain('__PILLAR__');
    return ObjectSet.fromYaml(result);
  };
  const identity = (o: any) =>
    `${o.apiVersion} ${o.kind} ${o.metadata.namespace}/${o.metadata.name}`;
  const variants: Array<[string, RenderedDns, ObjectSet]> = [
    ['the local address alone', alone, filled('', '10.96.0.10')],
    ['the address of the Service, too', both, filled('10.96.0.10', '10.96.0.11')],
  ];

  describe.each(variants)('%s', (_name, rendered, upstream) => {
    const theirs = (kind: string, name = 'node-local-dns') => upstream.find(kind, name);
    const binds = rendered === both;
    const theirPod = theirs('DaemonSet').spec.template.spec;
    const [other] = theirPod.containers;
    const [container] = pod(rendered).containers;

    test('the same objects; the second Service only where the first is held', () => {
      const expected = upstream.all.filter((o) => binds || o.metadata.name !== 'kube-dns-upstream');
      expect(rendered.objects.all.map(identity).sort()).toEqual(expected.map(identity).sort());
    });

    test('labels of upstream, without those of the addon manager, which would take ours away', () => {
      for (const o of rendered.objects.all.filter(({ kind }) => kind !== 'ConfigMap')) {
        const { 'addonmanager.kubernetes.io/mode': _mode, ...labels } = theirs(
          o.kind,
          o.metadata.name,
        ).metadata.labels;
        expect(o.metadata.labels).toMatchObject(labels);
      }
    });

    test('the same Services; the address of the second is fixed', () => {
      const services = rendered.objects.ofKind('Service');
      for (const { metadata, spec } of services) {
        const fixed = metadata.name === 'kube-dns-upstream' ? { clusterIP: '10.96.0.11' } : {};
        expect(spec).toEqual({ ...theirs('Service', metadata.name).spec, ...fixed });
      }
      expect(rendered.objects.find('Service', 'node-local-dns').metadata.annotations).toEqual(
        theirs('Service').metadata.annotations,
      );
    });

    test('the same Corefile; sizes and times are written out, which upstream leaves to the plugin', () => {
      const spelt = (block: ServerBlock): ServerBlock => ({
        ...block,
        plugins: block.plugins.map((plugin) => speltCache(plugin)),
      });
      expect(blocks(rendered)).toEqual(parseCorefile(theirs('ConfigMap').data.Corefile).map(spelt));
    });

    test("upstream's arguments in another spelling, without the Service's name, and ours", () => {
      const pairs = (list: string[]) =>
        list.flatMap((arg, n) => (arg.startsWith('-') ? [`${arg}=${list[n + 1]}`] : []));
      const expected = pairs(other.args).filter((arg) => !arg.startsWith('-upstreamsvc='));
      expect(args(rendered).filter((arg) => expected.includes(arg))).toEqual(expected);
      expect(args(rendered).filter((arg) => !expected.includes(arg))).toEqual([
        '-interfacename=nodelocaldns',
        `-setupiptables=${binds}`,
        `-skipteardown=${!binds}`,
        '-health-port=8080',
        '-metrics-listen-address=127.0.0.1:0',
      ]);
    });

    test("the container is upstream's; memory, pull policy, ports and mounts differ as meant", () => {
      const { args: _a, ports, volumeMounts, resources, imagePullPolicy, ...rest } = container;
      const {
        args: _oa,
        ports: theirPorts,
        volumeMounts: theirMounts,
        resources: theirResources,
        ...others
      } = other;
      expect(rest).toEqual(others);
      expect(imagePullPolicy).toBe('IfNotPresent');
      expect(resources.requests.cpu).toBe(theirResources.requests.cpu);
      const byName = (a: any, b: any) => (a.name < b.name ? -1 : 1);
      expect(ports === undefined ? undefined : [...ports].sort(byName)).toEqual(
        binds ? [...theirPorts].sort(byName) : undefined,
      );
      const kept = theirMounts.filter(
        ({ name }: any) => name !== 'kube-dns-config' && (binds || name !== 'xtables-lock'),
      );
      expect(volumeMounts.map((mount: any) => ({ readOnly: false, ...mount }))).toEqual(
        kept.map((mount: any) => ({ readOnly: false, ...mount })),
      );
    });

    test('the same volumes; no ConfigMap of kube-dns, and the lock only where rules are written', () => {
      const kept = theirPod.volumes.filter(
        ({ name }: any) => name !== 'kube-dns-config' && (binds || name !== 'xtables-lock'),
      );
      expect(pod(rendered).volumes).toEqual(kept);
    });

    test('the same pod otherwise, without a token and without variables of Services', () => {
      const { containers: _c, volumes: _v, ...rest } = pod(rendered);
      const { containers: _oc, volumes: _ov, ...others } = theirPod;
      expect(rest).toEqual({
        ...others,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        nodeSelector: { 'kubernetes.io/os': 'linux' },
      });
    });

    test('the same DaemonSet otherwise; how it is updated follows from who answers meanwhile', () => {
      const { template, updateStrategy, minReadySeconds, ...rest } =
        rendered.objects.find('DaemonSet').spec;
      const {
        template: theirTemplate,
        updateStrategy: strategy,
        ...others
      } = theirs('DaemonSet').spec;
      expect(rest).toEqual(others);
      expect(template.metadata).toEqual(theirTemplate.metadata);
      expect(minReadySeconds).toBe(10);
      expect(strategy.rollingUpdate).toEqual({ maxUnavailable: '10%' });
      expect(updateStrategy.rollingUpdate).toEqual(
        binds ? { maxSurge: 0, maxUnavailable: '10%' } : { maxSurge: '10%', maxUnavailable: 0 },
      );
    });
  });
});

/** `cache 30` is a ceiling of 30 s for both kinds of answers, with 9984 of each (plugin/cache). */
function speltCache(plugin: Plugin): Plugin {
  const { name, args: given } = plugin;
  return name === 'cache' && given.length === 1
    ? {
        name,
        args: [],
        inside: [
          ['success', '9984', given[0]!],
          ['denial', '9984', given[0]!],
        ],
      }
    : plugin;
}
