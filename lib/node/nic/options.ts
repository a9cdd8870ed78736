/** What one NIC is set to. What is left out stays as the driver has it. */
export interface NicTuning {
  /** Name of the NIC, for example `eno1`. */
  readonly nic: string;
  /**
   * Names of the machines; one that the spec does not have throws.
   *
   * @default - every machine whose `nic` is this one
   */
  readonly machines?: string[];
  /**
   * Combined queues, each with an interrupt of its own; 1 to 1024.
   *
   * @default - the driver's own
   */
  readonly combinedQueues?: number;
  /**
   * Places in the receive ring; 1 to 65536.
   *
   * @default - the driver's own
   */
  readonly rxRing?: number;
  /**
   * Places in the send ring; 1 to 65536.
   *
   * @default - the driver's own
   */
  readonly txRing?: number;
  /**
   * Offloads, in the long words of `ethtool -k`: `generic-receive-offload` → false, for example.
   *
   * @default - the driver's own
   */
  readonly offloads?: { [feature: string]: boolean };
  /**
   * Whether every core works on received packets, chosen by flow in software (RPS). For NICs with
   * fewer queues than cores, as virtio often has; where there is a queue for each core it only costs.
   *
   * @default - the kernel's own, which is off
   */
  readonly receivePacketSteering?: boolean;
}
