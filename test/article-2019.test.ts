import { join } from 'node:path';
import { examplesRoot } from './support/examples';
import { tempDir } from './support/temp-app';

/** What the example prints, without the warnings that every synth prints. */
function printed(): string[] {
  const before = process.env.CDK8S_OUTDIR;
  const said = jest.spyOn(console, 'log').mockImplementation();
  const quiet = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  process.env.CDK8S_OUTDIR = tempDir();
  try {
    jest.isolateModules(() => jest.requireActual(join(examplesRoot, 'article-2019', 'main.ts')));
    return said.mock.calls.map(([text]) => String(text));
  } finally {
    said.mockRestore();
    quiet.mockRestore();
    process.env.CDK8S_OUTDIR = before;
    if (before === undefined) {
      delete process.env.CDK8S_OUTDIR;
    }
  }
}

test('the example says of eight settings what they do today, and what to do', () => {
  expect(printed()).toEqual([
    `mode: ipvs
  GW-PROXY-001: IPVS mode is deprecated since 1.35, behind the gate KubeProxyIPVS from 1.37, off by default from 1.40, gone in 1.43 (as planned on 2026-11-22)
  What to do: plan the move to nftables mode before that upgrade and acknowledge this until then; KubeProxyMigration writes the plan
`,
    `FELIX_IPINIPMTU=1440
  GW-CNI-044: FELIX_IPINIPMTU=1440 did nothing with CALICO_IPV4POOL_IPIP=Off: Felix reads it only with IP in IP on, and pods had the veth_mtu of the file (CNI_MTU), or that of their machine; here it is the MTU of pods, and leaves 60 bytes of every packet unused, of 1500 on a path of 1500
  What to do: leave FELIX_IPINIPMTU out for the largest MTU that fits, or say mtu 1440 in its place
`,
    `upstream-keepalive-connections: 32
  GW-INGRESS-035: upstream-keepalive-connections 32 (default: 320): ten times fewer idle connections to backends than the default: measured 70,811 new ones where 401 were enough, at less than half the requests a second, and each is a conntrack entry
  What to do: take NginxController.retiredIngressNginx(…) without the preset: the same controller with the keys that do it
`,
    `timeouts against slowloris
  GW-INGRESS-036: client_header_timeout stays at 60 s: 546 slow clients a second fill a replica of 2 × 16384 connections. Measured with 2 × 1024 connections and 200 a second: 3.9 % of requests were answered with these keys, 3.1 % without them, all with a header timeout of 5 s
  What to do: take NginxController.retiredIngressNginx(…) without the preset, and clientTimeouts.header as it is by default
`,
    `net.netfilter.nf_conntrack_max=131072
  GW-NODE-007: /etc/sysctl.conf has net.netfilter.nf_conntrack_max = 131072, which changes nothing: kube-proxy writes 32768 for each core over it, 131072 at least. The machine owns its table here, with 524288 connections
  What to do: take the line out of kernel.sysctlConf; peakConnections of the machine sizes the table
`,
    `/etc/sysctl.conf
  GW-NODE-010: /etc/sysctl.conf has net.ipv4.ip_forward, net.bridge.bridge-nf-call-iptables, net.netfilter.nf_conntrack_max, net.ipv4.tcp_fin_timeout: Debian 13 does not read it at boot, and elsewhere files of sysctl.d with a later name win; what counts is in /etc/sysctl.d/zz-groundwork.conf here
  What to do: move what you still want to kernel.overrides of NodeBootstrap, and leave kernel.sysctlConf out
`,
    `"Backend": { "Type": "udp" }
  GW-CNI-120: etcdConfig has Backend udp, by which a process copies every packet to user space and back; here it is vxlan
  What to do: change all machines at once; the new port and protocol are in the port table
`,
    `net.bridge.bridge-nf-call-iptables=1
  GW-NODE-009: /etc/sysctl.conf has net.bridge.bridge-nf-call-iptables = 1 whatever the network plugin: without the module br_netfilter there is no such key, and Calico has no bridge that it would count for; both are left out
  What to do: take the line out of kernel.sysctlConf; a plugin with a bridge asks for module and parameter
`,
  ]);
});
