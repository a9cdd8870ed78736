import type { MetalLbBgpOptions, MetalLbLayer2Options } from './mode-options';

/** How clients find the way to the addresses of MetalLB. */
export class MetalLbMode {
  /**
   * One machine answers ARP, or neighbour discovery, for each address; another one takes over when it
   * is gone. Nothing is asked of routers, and all traffic of an address enters at one machine.
   *
   * @param options on which interfaces and machines
   */
  public static layer2(options: MetalLbLayer2Options = {}): MetalLbMode {
    return new MetalLbMode(options, undefined);
  }

  /**
   * Every machine tells routers the way to the addresses by MetalLB's own BGP, which knows IPv4 only,
   * and neither BFD nor graceful restart.
   *
   * @param options autonomous systems, routers, and what is told to them
   */
  public static bgp(options: MetalLbBgpOptions): MetalLbMode {
    return new MetalLbMode(undefined, options);
  }

  private constructor(
    /**
     * What layer 2 was told, in that mode.
     *
     * @internal
     */
    public readonly _layer2: MetalLbLayer2Options | undefined,
    /**
     * What BGP was told, in that mode.
     *
     * @internal
     */
    public readonly _bgp: MetalLbBgpOptions | undefined,
  ) {}
}
