import { familyOf, throwProblems, type IpFamily } from '../../cluster';

/** How flanneld finds the interface whose address other machines send pod packets to. */
export class FlannelInterface {
  /** The one with the address that kubelet was given, so that it is the same for all of Kubernetes. */
  public static nodeInternalIp(): FlannelInterface {
    return new FlannelInterface('nodeInternalIp', ['--iface=$(HOST_IP)']);
  }

  /**
   * The first one of these names that a machine has.
   *
   * @param names interface names of at most 15 characters; another form throws, and so does no name
   */
  public static named(...names: string[]): FlannelInterface {
    throwProblems('FlannelInterface named', [
      ...(names.length === 0
        ? [
            {
              prop: 'names',
              allowed: 'at least one interface name',
              got: undefined,
              remedy: 'use FlannelInterface.nodeInternalIp() where names differ',
            },
          ]
        : []),
      ...names
        .filter((name) => !/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,14}$/.test(name))
        .map((got) => ({
          prop: 'names',
          allowed: 'interface names of at most 15 characters',
          got,
          remedy: 'copy it from `ip -brief link`',
        })),
    ]);
    return new FlannelInterface(
      'named',
      names.map((name) => `--iface=${name}`),
      { names },
    );
  }

  /**
   * The first one whose address matches, else the first one whose name does.
   *
   * @param pattern a regular expression in Go's dialect; an empty one throws, and so does one that is
   * no regular expression
   */
  public static regex(pattern: string): FlannelInterface {
    if (pattern === '' || !isPattern(pattern)) {
      throwProblems('FlannelInterface regex', [
        {
          prop: 'pattern',
          allowed: 'a regular expression',
          got: pattern,
          remedy: 'write for example ^eno[0-9]+$, anchored at both ends',
        },
      ]);
    }
    return new FlannelInterface('regex', [`--iface-regex=${pattern}`], { pattern });
  }

  /**
   * The one over which the kernel would send to an address.
   *
   * @param address an IP address in canonical spelling, of the cluster's first family; another form
   * throws
   */
  public static canReach(address: string): FlannelInterface {
    if (familyOf(address) === undefined) {
      throwProblems('FlannelInterface canReach', [
        {
          prop: 'address',
          allowed: 'an IP address in canonical spelling',
          got: address,
          remedy: 'give an address on the cluster network, for example that of its router',
        },
      ]);
    }
    return new FlannelInterface('canReach', [`--iface-can-reach=${address}`], {
      family: familyOf(address),
    });
  }

  /**
   * Names to look for, in order.
   *
   * @internal
   */
  public readonly _names?: readonly string[];
  /**
   * Pattern to look for.
   *
   * @internal
   */
  public readonly _pattern?: string;
  /**
   * Family of the address that is to be reached.
   *
   * @internal
   */
  public readonly _family?: IpFamily;

  private constructor(
    /** How it is found: `nodeInternalIp`, `named`, `regex` or `canReach`. */
    public readonly kind: string,
    /**
     * What flanneld is told.
     *
     * @internal
     */
    public readonly _args: readonly string[],
    what: {
      readonly names?: readonly string[];
      readonly pattern?: string;
      readonly family?: IpFamily;
    } = {},
  ) {
    this._names = what.names;
    this._pattern = what.pattern;
    this._family = what.family;
  }
}

/** Go's dialect has flags such as (?i) in front that this one spells otherwise. */
function isPattern(text: string): boolean {
  try {
    return new RegExp(text.replace(/^\(\?[imsU]+\)/, '')) instanceof RegExp;
  } catch {
    return false;
  }
}
