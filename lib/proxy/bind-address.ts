import { Cidr, familyOf } from '../cluster';

const LOOPBACKS = [Cidr.parse('127.0.0.0/8')!, Cidr.parse('::1/128')!];

/** Host and port of `IP:port` or `[IPv6]:port`; undefined when it is neither. */
export function splitAddress(
  text: string,
): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  if (match === null) {
    return undefined;
  }
  const host = match[1] ?? match[2]!;
  const wanted = match[1] === undefined ? 'IPv4' : 'IPv6';
  return familyOf(host) === wanted ? { host, port: Number(match[3]) } : undefined;
}

/** Whether an address is one that only the machine itself reaches. */
export function isLoopback(host: string): boolean {
  return LOOPBACKS.some((loopback) => loopback.contains(host));
}
