// What users of the library see of this room. The rest is for the command line and the report.
export * from './alerts/node-alerts';
export * from './alerts/options';
export * from './fsync/fsync-probe';
export * from './fsync/options';
export * from './iperf/iperf-matrix';
export * from './iperf/options';
export * from './network-doctor/network-doctor';
export * from './network-doctor/options';
export * from './toolbox/netshoot-toolbox';
export * from './toolbox/options';
