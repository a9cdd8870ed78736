import { Chart } from 'cdk8s';
import {
  Cluster,
  CniKind,
  IptablesKubeProxy,
  KubeProxy,
  KubeProxyMode,
  KubernetesVersion,
  LinuxDataplane,
  NftablesKubeProxy,
  NvmeControlPlane,
  OperatingSystem,
  TunedCalico,
  TunedFlannel,
  type ICniConfiguration,
} from '../../lib';
import { recommend } from '../../lib/proxy/recommend';
import '../../lib/testing/jest';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { errorOf } from './support';

const { IPTABLES, NFTABLES, NONE } = KubeProxyMode;

/** A plugin that goes with nftables mode. */
const clean = { kind: CniKind.CALICO } as ICniConfiguration;
const version = (patch: string) => KubernetesVersion.of(patch);
const choose = (changes: Partial<Parameters<typeof recommend>[0]> = {}) =>
  recommend({
    operatingSystem: OperatingSystem.DEBIAN_12,
    kubernetesVersion: version('1.36.4'),
    cni: clean,
    ...changes,
  });
const os = (kernel: string, nft: string) =>
  ({ label: 'Debian 11', kernel, nft }) as OperatingSystem;

describe('the matrix', () => {
  test('nftables where every cell is clean', () => {
    const yes = {
      mode: NFTABLES,
      why: 'Nothing speaks against nftables mode: kernel, nft on the host, Kubernetes patch and network plugin all go with it',
    };
    expect(choose()).toEqual(yes);
    expect(choose({ operatingSystem: OperatingSystem.UBUNTU_22_04 })).toEqual(yes);
    expect(choose({ operatingSystem: os('5.13', '1.0.1') })).toEqual(yes);
    expect(
      choose({
        operatingSystem: OperatingSystem.DEBIAN_13,
        kubernetesVersion: version('1.37.0'),
      }),
    ).toEqual(yes);
  });

  test.each<[string, Partial<Parameters<typeof recommend>[0]>, string]>([
    [
      'kernel',
      { operatingSystem: os('5.10', '1.0.1') },
      'kernel: Debian 11 has 5.10, and kube-proxy wants 5.13',
    ],
    [
      'nft',
      { operatingSystem: os('5.13', '0.9.8') },
      'nft on the host: Debian 11 has 0.9.8, which rules of kube-proxy crash before 1.0.1',
    ],
    [
      'patch',
      { operatingSystem: OperatingSystem.DEBIAN_13 },
      'Kubernetes patch: 1.36.4 brings an nft that rules of nft 1.1.3 of Debian 13 can crash before 1.37.0',
    ],
    ['no plugin', { cni: undefined }, 'network plugin: nothing is known of it'],
    [
      'another plugin',
      { cni: { kind: CniKind.OTHER } as ICniConfiguration },
      'network plugin: nothing is known of it',
    ],
    [
      'Calico of the catalogue',
      { cni: TunedCalico.configure() },
      'network plugin: Calico v3.32.1 lacks repairs of its nftables dataplane',
    ],
    [
      'Calico with Iptables',
      { cni: TunedCalico.configure({ linuxDataplane: LinuxDataplane.IPTABLES }) },
      'network plugin: linuxDataplane is Iptables',
    ],
    [
      'flannel',
      { cni: TunedFlannel.configure() },
      'network plugin: flannel v0.28.9 calls its nftables mode experimental',
    ],
    [
      'flannel without nftables',
      { cni: TunedFlannel.configure({ nftables: false }) },
      'network plugin: nftables of flannel is false',
    ],
    [
      'several',
      { operatingSystem: os('5.10', '0.9.8'), cni: undefined },
      'kernel: Debian 11 has 5.10, and kube-proxy wants 5.13; nft on the host: Debian 11 has 0.9.8, which rules of kube-proxy crash before 1.0.1; network plugin: nothing is known of it',
    ],
  ])('iptables, decided by %s', (_name, changes, why) => {
    expect(choose(changes)).toEqual({
      mode: IPTABLES,
      why: `Against nftables mode speaks ${why}`,
    });
  });

  test.each([
    ['calico', TunedCalico.configure({ linuxDataplane: LinuxDataplane.NFTABLES })],
    ['flannel', TunedFlannel.configure({ nftables: true })],
  ])('nftables where %s is told to write nftables rules', (name, cni) => {
    expect(choose({ cni, operatingSystem: OperatingSystem.DEBIAN_13 })).toEqual({
      mode: NFTABLES,
      why: `network plugin: ${name} is configured to write nftables rules, and wants kube-proxy to write the same`,
    });
  });
});

describe('KubeProxy.recommended', () => {
  const operatingSystem = OperatingSystem.DEBIAN_12;

  test.each([
    [IPTABLES, IptablesKubeProxy, TunedCalico.configure()],
    [NFTABLES, NftablesKubeProxy, TunedFlannel.configure({ nftables: true })],
  ])('creates the construct of mode %s with the options, and says why', (mode, construct, cni) => {
    const chart = new Chart(tempApp(), 'oslo');
    const kubeProxy = KubeProxy.recommended({ operatingSystem, cni, masqueradeBit: 13 });
    expect(kubeProxy.mode).toBe(mode);
    const cluster = new Cluster(chart, 'cluster', osloProps({ kubeProxyMode: kubeProxy.mode }));
    expect(kubeProxy.create(chart, 'kube-proxy', cluster)).toBeInstanceOf(construct);
    const decision = (key: string) => cluster.decisions().find((d) => d.key === key);
    expect(decision('mode of kube-proxy')).toMatchObject({
      path: 'oslo/kube-proxy',
      value: mode,
      why: recommend({ operatingSystem, kubernetesVersion: KubernetesVersion.V1_36, cni }).why,
    });
    expect(decision(`KubeProxyConfiguration.${mode}.masqueradeBit`)!.value).toBe('13');
  });

  test('refuses a plugin that serves Services itself', () => {
    const cni = TunedCalico.configure({ linuxDataplane: LinuxDataplane.BPF });
    expect(errorOf(() => KubeProxy.recommended({ operatingSystem, cni }))).toBe(
      '[KubeProxy.recommended] cni must be a network plugin that leaves Services to kube-proxy, got calico without kube-proxy; create no kube-proxy, and give the Cluster KubeProxyMode.NONE',
    );
  });
});

describe('NvmeControlPlane without kubeProxy', () => {
  test.each([
    [undefined, IPTABLES, true],
    [TunedFlannel.configure(), IPTABLES, true],
    [TunedCalico.configure({ linuxDataplane: LinuxDataplane.NFTABLES }), NFTABLES, true],
    [TunedCalico.configure({ linuxDataplane: LinuxDataplane.BPF }), NONE, false],
  ])('with plugin %# runs in mode %s', (cni, mode, created) => {
    const { cluster, node } = new NvmeControlPlane(tempApp(), 'oslo', { ...osloProps(), cni });
    expect(cluster.kubeProxyMode).toBe(mode);
    expect(node.tryFindChild('kube-proxy') !== undefined).toBe(created);
    expect(cluster).toHaveNoFindings({ from: 'error' });
    expect(cluster.decisions().filter(({ key }) => key === 'mode of kube-proxy')).toHaveLength(
      created ? 1 : 0,
    );
  });
});
