// What users of the library see of this room.
export * from './iptables-kube-proxy';
export * from './iptables-options';
export * from './ipvs-kube-proxy';
export * from './ipvs-options';
export * from './kube-proxy';
export * from './kube-proxy-migration';
export * from './kube-proxy-options';
export * from './migration-options';
export * from './nftables-kube-proxy';
export * from './nftables-options';
