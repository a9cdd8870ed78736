import { spawnSync } from 'node:child_process';

// What every lab needs of this machine, and the namespaces that exist at the moment.

export const ENV = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

/** Echo and neighbour discovery pass; a reassembled packet would have been too large for the path. */
export const RULES = `
table inet lab {
  chain in {
    type filter hook prerouting priority raw;
    icmp type { destination-unreachable, time-exceeded, parameter-problem } drop
    icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem } drop
    ip frag-off & 0x3fff != 0 drop
    exthdr frag exists drop
  }
  chain out {
    type filter hook output priority raw;
    icmp type { destination-unreachable, time-exceeded, parameter-problem } drop
    icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem } drop
  }
}`;

const namespaces: string[] = [];

/** What this machine lacks, for people; nothing when the labs can be built. */
export function missing(): string[] {
  const programs = [
    ['ip', 'iproute2'],
    ['bridge', 'iproute2'],
    ['ping', 'iputils-ping'],
    ['nft', 'nftables'],
  ].flatMap(([program, debian]) =>
    spawnSync(program!, ['-V'], { env: ENV }).status === 0 ? [] : [`${program} of ${debian}`],
  );
  return programs.length > 0 ? programs : missingInKernel();
}

function missingInKernel(): string[] {
  const name = `gw-${process.pid}-probe`;
  if (run('ip', 'netns', 'add', name).status !== 0) {
    return ['the right to make network namespaces'];
  }
  namespaces.push(name);
  const can = (...command: string[]) => run('ip', 'netns', 'exec', name, ...command).status === 0;
  const lacks = [
    ...['veth', 'bridge', 'vxlan id 1 dstport 4789'].flatMap((type, index) =>
      can('ip', 'link', 'add', `probe${index}`, 'type', ...type.split(' '))
        ? []
        : [`a kernel with ${type.split(' ')[0]} devices`],
    ),
    ...(can('nft', RULES) ? [] : ['a kernel with nftables']),
  ];
  removeLabs();
  return lacks;
}

/** Makes a namespace that `removeLabs` will find, even one whose making fails halfway. */
export function addNamespace(name: string): void {
  namespaces.push(name);
  must('ip', 'netns', 'add', name);
}

/** Deletes the namespaces of every lab, and with them all that is in them. */
export function removeLabs(): void {
  for (const name of namespaces.splice(0)) {
    run('ip', 'netns', 'delete', name);
  }
}

export function run(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: ENV,
    timeout: 20_000,
  });
  return { status, stdout, output: `${stdout}${stderr}` };
}

/** Standard output of a command that has to succeed. */
export function must(command: string, ...args: string[]): string {
  const { status, stdout, output } = run(command, ...args);
  if (status !== 0) {
    throw new Error(`${[command, ...args].join(' ')}: ${output}`);
  }
  return stdout;
}
