import type { Size } from 'cdk8s';
import { familyOf, isLinkLocalV6 } from './cidr';
import { dataDiskProblems, type DataDisk } from './data-disk';
import { walDiskProblems, type EtcdDisk } from './etcd-disk';
import { isDnsLabel } from './names';
import { checkInteger, checkMtu, throwProblems, type Problem } from './problem';
import { bytesOf } from './units';

/** What a machine is for. */
export enum MachineRole {
  /** Runs etcd and the API server. */
  CONTROL_PLANE = 'control-plane',
  /** Runs workloads. */
  WORKER = 'worker',
}

/** Processor architecture, in the words of release archives and container images. */
export enum Architecture {
  /** x86-64. */
  AMD64 = 'amd64',
  /** 64-bit ARM. */
  ARM64 = 'arm64',
}

/** Facts of any machine. */
export interface MachineOptions {
  /** Name of the zone it stands in; one of `Cluster.zones`. */
  readonly zone: string;
  /** Its address on the cluster network: kubelet's node IP. Must lie in the zone's `nodeCidr`. */
  readonly address: string;
  /**
   * Its IPv6 address in a dual-stack cluster: kubelet's second node IP. Must lie in the zone's
   * `nodeCidrV6`.
   *
   * @default - none; a dual-stack cluster refuses a machine without one
   */
  readonly addressV6?: string;
  /**
   * Name of the NIC that carries `address`, for example `eno1`. Needed on control planes when the
   * API endpoint is a virtual IP.
   *
   * @default - unknown; nothing that needs an interface name can be rendered
   */
  readonly nic?: string;
  /**
   * MTU of that NIC, in bytes, 1280 to 9216. Another value throws.
   *
   * @default - `mtu` of the zone, else of the underlay
   */
  readonly mtu?: number;
  /**
   * CPU cores, 1 to 1024. kubeadm wants 2 on a control plane.
   *
   * @default - unknown; nothing is scaled by cores
   */
  readonly cpus?: number;
  /**
   * Memory, whole MiB from 1 on. Another size throws.
   *
   * @default - unknown; nothing is scaled by memory
   */
  readonly memory?: Size;
  /**
   * Connections that the machine tracks in its busiest hour, 1 to 33554432: what `conntrack -C` prints
   * then, with what is expected to come. Its connection table is made for twice as many.
   *
   * @default - unknown; the table takes as much as `memory` allows
   */
  readonly peakConnections?: number;
  /**
   * Processor architecture.
   *
   * @default Architecture.AMD64
   */
  readonly architecture?: Architecture;
  /**
   * Default gateway. With `nic` and `dnsServers` it makes the library write a network-config;
   * otherwise the image's own network configuration stays.
   *
   * @default - none
   */
  readonly gateway?: string;
  /**
   * Default gateway for IPv6, in a dual-stack cluster: with forwarding on, routers' advertisements
   * are no longer listened to. In the zone's `nodeCidrV6` or link-local.
   *
   * @default - none; in a dual-stack cluster it goes with `gateway`
   */
  readonly gatewayV6?: string;
  /**
   * Addresses of the resolvers for the machine itself.
   *
   * @default - none
   */
  readonly dnsServers?: string[];
  /**
   * Disks that become local volumes for pods, one each; `ResidentStorage` makes them. A disk of etcd, and
   * two alike, throw.
   *
   * @default - none
   */
  readonly dataDisks?: DataDisk[];
}

/** Facts of a control-plane machine. */
export interface ControlPlaneMachineOptions extends MachineOptions {
  /**
   * The disk that holds etcd's data.
   *
   * @default - none; EtcdOnNvme then refuses the machine
   */
  readonly etcdDisk?: EtcdDisk;
  /**
   * A second disk for etcd's write-ahead log, which is what waits for every fsync. All control planes
   * have one or none; the disk of `etcdDisk` and `EtcdDisk.sharedWithRoot()` throw.
   *
   * @default - none; the log lies beside the database
   */
  readonly etcdWalDisk?: EtcdDisk;
}

/** One machine and what is known of it. */
export class Machine {
  /**
   * A machine that runs etcd and the API server.
   *
   * @param name its host name and node name: an RFC 1123 label
   * @param options its facts
   */
  public static controlPlane(name: string, options: ControlPlaneMachineOptions): Machine {
    return new Machine(
      name,
      MachineRole.CONTROL_PLANE,
      options,
      options.etcdDisk,
      options.etcdWalDisk,
    );
  }

  /**
   * A machine that runs workloads.
   *
   * @param name its host name and node name: an RFC 1123 label
   * @param options its facts
   */
  public static worker(name: string, options: MachineOptions): Machine {
    return new Machine(name, MachineRole.WORKER, options);
  }

  /** Name of its zone. */
  public readonly zone: string;
  /** Its address on the cluster network. */
  public readonly address: string;
  /** Its IPv6 address, in a dual-stack cluster. */
  public readonly addressV6?: string;
  /** The NIC that carries the address, if known. */
  public readonly nic?: string;
  /** MTU of that NIC, in bytes, if it is not the zone's. */
  public readonly mtu?: number;
  /** CPU cores, if known. */
  public readonly cpus?: number;
  /** Memory, if known. */
  public readonly memory?: Size;
  /** Connections that it tracks in its busiest hour, if known. */
  public readonly peakConnections?: number;
  /** Processor architecture. */
  public readonly architecture: Architecture;
  /** Default gateway, if the library writes the network configuration. */
  public readonly gateway?: string;
  /** Default gateway for IPv6, in a dual-stack cluster. */
  public readonly gatewayV6?: string;
  /** Resolvers of the machine, if the library writes the network configuration. */
  public readonly dnsServers?: string[];
  /** Disks that become local volumes for pods. */
  public readonly dataDisks: DataDisk[];

  private constructor(
    /** Host name and node name. */
    public readonly name: string,
    /** What the machine is for. */
    public readonly role: MachineRole,
    options: MachineOptions,
    /** The disk that holds etcd's data, on control planes. */
    public readonly etcdDisk?: EtcdDisk,
    /** The disk that holds etcd's write-ahead log, on control planes that have one. */
    public readonly etcdWalDisk?: EtcdDisk,
  ) {
    this.zone = options.zone;
    this.address = options.address;
    this.addressV6 = options.addressV6;
    this.nic = options.nic;
    this.mtu = options.mtu;
    this.cpus = options.cpus;
    this.memory = options.memory;
    this.peakConnections = options.peakConnections;
    this.architecture = options.architecture ?? Architecture.AMD64;
    this.gateway = options.gateway;
    this.gatewayV6 = options.gatewayV6;
    this.dnsServers = options.dnsServers;
    this.dataDisks = [...(options.dataDisks ?? [])];
    throwProblems(`Machine ${name}`, this.problems());
  }

  /** Whether the machine runs etcd and the API server. */
  public get isControlPlane(): boolean {
    return this.role === MachineRole.CONTROL_PLANE;
  }

  private problems(): Problem[] {
    const problems: Problem[] = [];
    if (!isDnsLabel(this.name) || this.name === 'localhost') {
      problems.push({
        prop: 'name',
        allowed: 'an RFC 1123 label',
        got: this.name,
        remedy:
          'use lower-case letters, digits and hyphens, at most 63; it is the host and node name',
      });
    }
    const addresses = { address: this.address, gateway: this.gateway };
    for (const [prop, got] of Object.entries(addresses)) {
      if (got !== undefined && familyOf(got) === undefined) {
        problems.push({
          prop,
          allowed: 'an IP address in canonical spelling',
          got,
          remedy: 'write it without a prefix length and without leading zeros',
        });
      }
    }
    const addressesV6 = { addressV6: this.addressV6, gatewayV6: this.gatewayV6 };
    for (const [prop, got] of Object.entries(addressesV6)) {
      if (got !== undefined && familyOf(got) !== 'IPv6') {
        problems.push({
          prop,
          allowed: 'an IPv6 address in canonical spelling',
          got,
          remedy: 'write it compressed, in lower case and without a prefix length',
        });
      }
    }
    if (this.addressV6 !== undefined && isLinkLocalV6(this.addressV6)) {
      problems.push({
        prop: 'addressV6',
        allowed: 'an address that is known beyond its own link',
        got: this.addressV6,
        remedy:
          'the kubelet refuses link-local node addresses; give a global or a unique local one',
      });
    }
    for (const server of this.dnsServers ?? []) {
      if (familyOf(server) === undefined) {
        problems.push({
          prop: 'dnsServers',
          allowed: 'IP addresses in canonical spelling',
          got: server,
          remedy: 'name resolvers by address; a name cannot be resolved before there is a resolver',
        });
      }
    }
    if (this.nic !== undefined && !/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,14}$/.test(this.nic)) {
      problems.push({
        prop: 'nic',
        allowed: 'an interface name of at most 15 characters',
        got: this.nic,
        remedy: 'copy it from `ip -brief link`',
      });
    }
    problems.push(
      ...walDiskProblems(this),
      ...dataDiskProblems(this),
      ...checkMtu('mtu', this.mtu),
      ...checkInteger(
        'cpus',
        this.cpus,
        { min: 1, max: 1024 },
        'give the cores that `nproc` prints',
      ),
      ...checkInteger(
        'memory in MiB',
        this.memory && bytesOf(this.memory) / 1024 ** 2,
        { min: 1, max: 2 ** 28 },
        'give the total that `free -m` prints, as Size.mebibytes(…)',
      ),
      ...checkInteger(
        'peakConnections',
        this.peakConnections,
        { min: 1, max: 2 ** 25 },
        'give what `conntrack -C` prints in the busiest hour',
      ),
    );
    return problems;
  }
}
