import { cell } from './cell';

const READ = '2026-11-27';

/** Programs of netshoot that its Dockerfile names the packages of, and those of Alpine's busybox. */
export const netshootPrograms = cell(
  [
    ...['arping', 'awk', 'birdcl', 'busybox', 'conntrack', 'curl', 'dig', 'dmesg', 'ethtool', 'ip'],
    ...['iperf3', 'iptables-save', 'ipvsadm', 'nc', 'nft', 'ping', 'sh', 'socat', 'tcpdump'],
  ] as readonly string[],
  'nicolaka/netshoot Dockerfile at v0.16: bind-tools bird busybox-extras conntrack-tools curl ethtool iperf3 iproute2 iptables iputils ipvsadm netcat-openbsd nftables socat tcpdump util-linux',
  READ,
);

/** Programs of the image that fio comes from. */
export const fioImagePrograms = cell(
  ['awk', 'busybox', 'df', 'fio', 'mktemp', 'sh'] as readonly string[],
  'kastenhq/kubestr Dockerfile at v0.4.49: Alpine with the package fio',
  READ,
);
