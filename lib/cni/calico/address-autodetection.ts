import { Cidr, familyOf, throwProblems, type IpFamily, type Problem } from '../../cluster';

/** How Calico finds out which of a machine's addresses is the node's. */
export class NodeAddressAutodetection {
  /** The address that the kubelet was given, as it stands in the Node's status. */
  public static nodeInternalIp(): NodeAddressAutodetection {
    return new NodeAddressAutodetection('kubernetes', { kubernetes: 'NodeInternalIP' });
  }

  /**
   * The first address that the machine lists, whatever it is: a virtual IP or another NIC's may come
   * first (finding GW-CNI-026).
   */
  public static firstFound(): NodeAddressAutodetection {
    return new NodeAddressAutodetection('firstFound', { firstFound: true });
  }

  /**
   * The first address of the interfaces that match.
   *
   * @param patterns patterns in Go's syntax, joined by commas
   */
  public static onInterface(patterns: string): NodeAddressAutodetection {
    return new NodeAddressAutodetection('interface', {
      interface: required('onInterface', patterns),
    });
  }

  /**
   * The first address of the interfaces that do not match.
   *
   * @param patterns patterns in Go's syntax, joined by commas
   */
  public static skipInterface(patterns: string): NodeAddressAutodetection {
    return new NodeAddressAutodetection('skipInterface', {
      skipInterface: required('skipInterface', patterns),
    });
  }

  /**
   * The address from which the machine would send to a destination.
   *
   * @param destination an address; a name would have to resolve before there is cluster DNS, and throws
   */
  public static canReach(destination: string): NodeAddressAutodetection {
    const problems: Problem[] = [];
    if (familyOf(destination) === undefined) {
      problems.push({
        prop: 'canReach',
        allowed: 'an IP address in canonical spelling',
        got: destination,
        remedy: 'write an address that is reached through the cluster network, such as its gateway',
      });
    }
    throwProblems('NodeAddressAutodetection', problems);
    return new NodeAddressAutodetection('canReach', { canReach: destination }, [destination]);
  }

  /**
   * The first address inside one of the networks.
   *
   * @param networks at least one canonical CIDR
   */
  public static cidrs(...networks: string[]): NodeAddressAutodetection {
    const problems: Problem[] = networks
      .filter((network) => Cidr.parse(network) === undefined)
      .map((got) => ({
        prop: 'cidrs',
        allowed: 'canonical CIDRs',
        got,
        remedy: 'write the network address with its prefix length, for example 10.20.0.0/24',
      }));
    if (networks.length === 0) {
      problems.push({
        prop: 'cidrs',
        allowed: 'at least one network',
        got: undefined,
        remedy: "name the machines' networks",
      });
    }
    throwProblems('NodeAddressAutodetection', problems);
    return new NodeAddressAutodetection('cidrs', { cidrs: [...networks] }, [], networks);
  }

  private constructor(
    /** Upstream's name of the method. */
    public readonly method: string,
    private readonly spec: Readonly<Record<string, unknown>>,
    private readonly addresses: readonly string[] = [],
    private readonly networks: readonly string[] = [],
  ) {}

  /**
   * The method as `Installation` takes it.
   *
   * @internal
   */
  public _spec(): Record<string, unknown> {
    return { ...this.spec };
  }

  /**
   * Addresses and networks of another family than the one it is to find.
   *
   * @internal
   */
  public _foreign(family: IpFamily): string[] {
    return [
      ...this.addresses.filter((address) => familyOf(address) !== family),
      ...this.networks.filter((network) => Cidr.parse(network)!.family !== family),
    ];
  }

  /**
   * Whether it could choose this address although it is not the node's own.
   *
   * @internal
   */
  public _mayChoose(address: string): boolean {
    return this.method === 'cidrs'
      ? this.networks.some((network) => Cidr.parse(network)!.contains(address))
      : this.method !== 'kubernetes';
  }
}

function required(prop: string, patterns: string): string {
  if (patterns.trim() === '') {
    throwProblems('NodeAddressAutodetection', [
      {
        prop,
        allowed: 'at least one pattern',
        got: patterns,
        remedy: 'write for example eno1,bond0',
      },
    ]);
  }
  return patterns;
}
