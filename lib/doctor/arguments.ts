import { wayBetween, type Expectations, type MachineExpectation } from './expectations';
import type { Network } from './protocol';

/** In front of the name of an anchor, which may be that of a machine, too. */
export const ANCHOR = 'anchor:';

/** Arguments of `facts` for one machine: its NIC, and every parameter and module that is asked for. */
export function factsArguments({ nic, sysctls, modules }: MachineExpectation): string[] {
  return [
    ...(nic === undefined ? [] : [`nic:${nic}`]),
    ...Object.keys(sysctls).map((key) => `sysctl:${key}`),
    ...modules.map((name) => `module:${name}`),
  ];
}

/**
 * Arguments of `df-probe` on one machine: packets of exactly the size in the spec. Between machines also
 * the size of the own interface, since more than the spec needs is worth knowing.
 *
 * @param addresses of the pods to ask, by machine; the machines' own between machines
 */
export function dfProbeArguments(
  expectations: Expectations,
  from: MachineExpectation,
  network: Network,
  addresses: Readonly<Record<string, string>> = {},
): string[] {
  return expectations.machines.flatMap((to) => {
    const way = wayBetween(expectations, from, to);
    const address = network === 'host' ? to.address : addresses[to.name];
    const size = network === 'host' ? way?.mtu : expectations.podNetwork?.mtu;
    return to.name === from.name || address === undefined || size === undefined
      ? []
      : [`${to.name}=${address}=${size}${network === 'host' ? ',device' : ''}`];
  });
}

/** Arguments of `round-trip` on one machine: every other one, and the anchors of its zone. */
export function roundTripArguments(
  { machines, anchors }: Expectations,
  from: MachineExpectation,
  count = 20,
): string[] {
  const others = machines.filter(({ name }) => name !== from.name);
  const near = anchors.filter(({ zones }) => zones.includes(from.zone));
  return [
    String(count),
    ...others.map(({ name, address }) => `${name}=${address}`),
    ...near.map(({ name, address }) => `${ANCHOR}${name}=${address}`),
  ];
}

/** Arguments of `dns-storm`: a name that cluster DNS always has, asked where pods ask. */
export function dnsStormArguments({ dnsIps, dnsDomain }: Expectations): string[] {
  return [dnsIps[0]!, `kubernetes.default.svc.${dnsDomain}.`];
}
