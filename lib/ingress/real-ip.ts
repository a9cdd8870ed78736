/** How the edge learns the address of a client that comes through a proxy or a balancer. */
export class RealIp {
  /**
   * HTTP proxies write it into `X-Forwarded-For`.
   *
   * @param proxies their addresses or networks, canonical; none, or the whole internet, throws at the
   * edge: any client could then pretend to be any other
   */
  public static fromProxies(proxies: string[]): RealIp {
    return new RealIp(proxies, false);
  }

  /**
   * A balancer of connections writes it in front of each of them (the PROXY protocol, version 1 or 2).
   * From then on every connection must begin with it: clients that come past the balancer are refused,
   * and MetalLB and Calico do not send it (GW-INGRESS-017).
   *
   * @param balancers addresses or networks they connect from, canonical; none, or the whole internet,
   * throws at the edge
   */
  public static fromProxyProtocol(balancers: string[]): RealIp {
    return new RealIp(balancers, true);
  }

  private constructor(
    /** Who is believed. */
    public readonly trusted: string[],
    /** Whether the address comes by the PROXY protocol and not in a header. */
    public readonly proxyProtocol: boolean,
  ) {}
}
