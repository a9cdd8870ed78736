import type { Duration } from 'cdk8s';
import { DEFAULTS, type BackendSpec } from './backend-spec';
import { checkInteger, throwProblems, type Problem } from '../../cluster';

/** Between which addresses WireGuard's packets travel; upstream's own words. */
export enum FlannelWireguardMode {
  /** A tunnel for each family, between addresses of that family. */
  SEPARATE = 'separate',
  /** One tunnel for both families; flannel chooses the family of each peer's address. */
  AUTO = 'auto',
  /** One tunnel for both families, between IPv4 addresses. */
  IPV4 = 'ipv4',
  /** One tunnel for both families, between IPv6 addresses. */
  IPV6 = 'ipv6',
}

/** Options of the vxlan backend. */
export interface FlannelVxlanOptions {
  /**
   * VXLAN network identifier, 1 to 9999999; in a cluster with IPv6 to 9999. It ends the name of the
   * interface (`flannel.1`, `flannel-v6.1`), and Linux takes 15 characters. Another value throws.
   *
   * @default 1, flannel's own default
   */
  readonly vni?: number;
  /**
   * UDP port of the tunnel, 1 to 65535; the same on all machines. Another value throws.
   *
   * @default 8472, the Linux kernel's own, which flannel leaves to it
   */
  readonly port?: number;
  /**
   * Whether packets between neighbours on one subnet travel bare, as with host-gw, and only the others
   * in the tunnel. It needs a network that carries pod addresses: finding GW-CNI-101 is an error else.
   *
   * @default - on where the machines of a zone share one Ethernet segment that carries any source
   * address and NICs carry the zone's prefix; flannel's own default is off
   */
  readonly directRouting?: boolean;
}

/** Options of the wireguard backend. */
export interface FlannelWireguardOptions {
  /**
   * UDP port of the tunnel, 1 to 65535. Another value throws.
   *
   * @default 51820, flannel's own default
   */
  readonly listenPort?: number;
  /**
   * UDP port of the IPv6 tunnel of mode `SEPARATE`, 1 to 65535. Another value throws, and so does any
   * in the other modes: their one tunnel listens on `listenPort`, and flannel would still tell IPv6
   * peers this port, on which nothing listens. It is therefore rendered equal to `listenPort` there.
   *
   * @default 51821, flannel's own default
   */
  readonly listenPortV6?: number;
  /**
   * Between which addresses packets travel. Any but `SEPARATE` throws in a cluster with one family.
   *
   * @default FlannelWireguardMode.SEPARATE, flannel's own default
   */
  readonly mode?: FlannelWireguardMode;
  /**
   * How often a silent tunnel says something, so that a NAT between machines does not forget it: whole
   * seconds, 1 s to 65535 s. Another value throws.
   *
   * @default - never, flannel's own default
   */
  readonly persistentKeepalive?: Duration;
}

/** Options of the udp backend. */
export interface FlannelUdpOptions {
  /**
   * Says that this is for debugging. Anything but true throws.
   *
   * @default false
   */
  readonly debug?: boolean;
  /**
   * UDP port, 1 to 65535. Another value throws.
   *
   * @default 8285, flannel's own default
   */
  readonly port?: number;
}

/** How flannel carries pod packets between machines. It cannot be changed on a running cluster. */
export class FlannelBackend {
  /**
   * In VXLAN, by the kernel: what every network carries that carries UDP.
   *
   * @param options identifier, port, direct routes
   */
  public static vxlan(options: FlannelVxlanOptions = {}): FlannelBackend {
    const { vni = DEFAULTS.vni, port = DEFAULTS.vxlanPort, directRouting } = options;
    throwProblems('FlannelBackend vxlan', [
      ...checkInteger(
        'vni',
        vni,
        { min: 1, max: 9999999 },
        'it ends the name of the interface, which has at most 15 characters',
      ),
      ...portProblems('port', port),
    ]);
    return new FlannelBackend({ type: 'vxlan', vni, port, directRouting });
  }

  /**
   * Bare, by routes to each machine: all of them on one Ethernet segment that carries any address.
   */
  public static hostGw(): FlannelBackend {
    return new FlannelBackend({ type: 'host-gw' });
  }

  /**
   * In WireGuard, by the kernel: encrypted, Linux 5.6 or newer. Every machine makes its own key. The
   * pre-shared key (`PSK`) that flannel takes in addition is not offered: flannel reads it from its
   * ConfigMap, where everybody who may read ConfigMaps would read it, too.
   *
   * @param options ports, mode, keepalive
   */
  public static wireguard(options: FlannelWireguardOptions = {}): FlannelBackend {
    const { mode = FlannelWireguardMode.SEPARATE, persistentKeepalive, listenPortV6 } = options;
    const listenPort = options.listenPort ?? DEFAULTS.wireguardPort;
    const milliseconds = persistentKeepalive?.toMilliseconds({ integral: false });
    const keepaliveSeconds = milliseconds === undefined ? undefined : milliseconds / 1000;
    throwProblems('FlannelBackend wireguard', [
      ...portProblems('listenPort', listenPort),
      ...portProblems('listenPortV6', listenPortV6),
      ...samePortProblems(mode, listenPort, listenPortV6),
      ...checkInteger(
        'persistentKeepalive',
        keepaliveSeconds,
        { min: 1, max: 65535 },
        'give whole seconds; 25 outlive most NATs',
      ),
    ]);
    return new FlannelBackend({
      type: 'wireguard',
      listenPort,
      listenPortV6,
      mode,
      keepaliveSeconds,
    });
  }

  /**
   * In UDP, by a process: for debugging a machine on which nothing else works.
   *
   * @param options that it is for debugging, and the port
   */
  public static udp(options: FlannelUdpOptions = {}): FlannelBackend {
    const { debug = false, port = DEFAULTS.udpPort } = options;
    throwProblems('FlannelBackend udp', [
      ...(debug
        ? []
        : [
            {
              prop: 'debug',
              allowed: 'true',
              got: debug,
              remedy:
                'a process copies every packet to user space and back, measured 2 to 7.6 times slower than vxlan, on amd64 only, and encrypts nothing; use FlannelBackend.vxlan()',
            },
          ]),
      ...portProblems('port', port),
    ]);
    return new FlannelBackend({ type: 'udp', port });
  }

  /** Its name in flannel's configuration: `vxlan`, `host-gw`, `wireguard` or `udp`. */
  public readonly type: string;

  private constructor(
    /**
     * What was chosen.
     *
     * @internal
     */
    public readonly _spec: BackendSpec,
  ) {
    this.type = _spec.type;
  }
}

function portProblems(prop: string, port: number | undefined): Problem[] {
  return checkInteger(
    prop,
    port,
    { min: 1, max: 65535 },
    "leave it out for upstream's own, which firewalls' guides name",
  );
}

function samePortProblems(
  mode: FlannelWireguardMode,
  listenPort: number,
  listenPortV6: number | undefined,
): Problem[] {
  return mode === FlannelWireguardMode.SEPARATE || listenPortV6 === undefined
    ? []
    : [
        {
          prop: 'listenPortV6',
          allowed: `left out in mode ${mode}`,
          got: listenPortV6,
          remedy: `its one tunnel listens on listenPort ${listenPort} for both families`,
        },
      ];
}
