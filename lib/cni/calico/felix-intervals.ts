/** Intervals at which Felix does something again: field → upstream's default. */
export const INTERVALS = {
  iptablesRefreshInterval: '3m',
  nftablesRefreshInterval: '3m',
  ipsetsRefreshInterval: '90s',
  routeRefreshInterval: '90s',
  xdpRefreshInterval: '90s',
  reportingInterval: '30s',
} as const;

/** Their names. */
export const INTERVAL_NAMES = Object.keys(INTERVALS) as Array<keyof typeof INTERVALS>;
