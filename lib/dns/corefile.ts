import { boundIps, hostPort, REVERSE_ZONES, type DnsChoices } from './choices';
import type { Tuning } from '../cluster';
import type { CorefileRows } from './corefile-tuning';

/** What the Corefile is made of. */
export interface CorefileInput {
  readonly dnsDomain: string;
  readonly choices: DnsChoices;
  readonly tuning: Tuning<CorefileRows>;
}

/** One line of a plugin: its arguments, and lines inside its braces. */
interface Directive {
  readonly words: ReadonlyArray<string | number>;
  readonly inside?: ReadonlyArray<ReadonlyArray<string | number>>;
}

/**
 * The whole Corefile, without any of node-cache's placeholders: what they would be replaced by depends
 * on the environment of a pod, on a ConfigMap of kube-dns, and on the order in which things were created.
 */
export function corefile(input: CorefileInput): string {
  const { choices, dnsDomain, tuning } = input;
  const toCluster: Directive = {
    words: ['forward', '.', choices.forwardTo],
    ...(tuning.get('forceTcp') ? { inside: [['force_tcp']] } : {}),
  };
  const outside: Directive = { words: ['forward', '.', ...tuning.get('upstreamServers')] };
  const health: Directive = {
    words: ['health', hostPort(choices.localIp, tuning.get('healthPort'))],
  };
  return [
    zone(dnsDomain, input, tuning.get('denialSeconds'), [toCluster], [health]),
    ...REVERSE_ZONES.map((name) => zone(name, input, tuning.get('successSeconds'), [toCluster])),
    ...choices.stubDomains.map(({ domain, servers }) =>
      zone(domain, input, tuning.get('successSeconds'), [{ words: ['forward', '.', ...servers] }]),
    ),
    zone('.', input, tuning.get('successSeconds'), [outside]),
  ].join('');
}

function zone(
  name: string,
  { choices, tuning }: CorefileInput,
  denialSeconds: number,
  forward: readonly Directive[],
  last: readonly Directive[] = [],
): string {
  const directives: Directive[] = [
    { words: ['errors'] },
    ...(tuning.get('log') ? [{ words: ['log'] }] : []),
    {
      words: ['cache'],
      inside: [
        ['success', tuning.get('success'), tuning.get('successSeconds')],
        ['denial', tuning.get('denial'), denialSeconds],
      ],
    },
    { words: ['reload'] },
    { words: ['loop'] },
    { words: ['bind', ...boundIps(choices)] },
    ...forward,
    { words: ['prometheus', `:${tuning.get('metricsPort')}`] },
    ...last,
  ];
  return `${name}:53 {\n${directives.map(text).join('')}}\n`;
}

function text({ words, inside }: Directive): string {
  const line = `    ${words.join(' ')}`;
  return inside === undefined
    ? `${line}\n`
    : `${line} {\n${inside.map((inner) => `        ${inner.join(' ')}\n`).join('')}    }\n`;
}
