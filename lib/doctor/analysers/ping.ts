/** What one run of iputils' ping says. */
export interface PingResult {
  readonly sent: number;
  readonly received: number;
  /** What the own kernel takes, where it refused the packet. */
  readonly localMtu?: number;
  /** What a router carries, where one said so, and which. */
  readonly routerMtu?: number;
  readonly router?: string;
  /** Why nothing was sent, in the words of ping. */
  readonly refusal?: string;
  /** Milliseconds. */
  readonly rtt?: { readonly min: number; readonly avg: number; readonly max: number };
}

/** Reads the output of ping; of one that counts nothing, nothing was sent. */
export function readPing(lines: readonly string[]): PingResult {
  const text = lines.join('\n');
  const counts = /(\d+) packets transmitted, (\d+) received/.exec(text);
  const local = /message too long, mtu[=:] ?(\d+)/i.exec(text)?.[1];
  const router =
    /^From (\S+?):? icmp_seq=\d+ (?:Frag needed and DF set \(mtu = (\d+)\)|Packet too big: mtu=(\d+))/m.exec(
      text,
    );
  const rtt = /min\/avg\/max(?:\/mdev)? = ([\d.]+)\/([\d.]+)\/([\d.]+)/.exec(text);
  return {
    sent: Number(counts?.[1] ?? 0),
    received: Number(counts?.[2] ?? 0),
    ...(local === undefined ? {} : { localMtu: Number(local) }),
    ...(router === null ? {} : { routerMtu: Number(router[2] ?? router[3]), router: router[1]! }),
    ...(counts === null ? refusalOf(lines) : {}),
    ...(rtt === null
      ? {}
      : { rtt: { min: Number(rtt[1]), avg: Number(rtt[2]), max: Number(rtt[3]) } }),
  };
}

function refusalOf(lines: readonly string[]): { refusal?: string } {
  const line = lines.find((one) => /^ping\d?: /.test(one));
  return line === undefined ? {} : { refusal: line };
}
