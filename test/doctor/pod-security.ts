// The Pod Security standards as far as pods of this room touch them, from upstream's table of controls.
const BASELINE_CAPABILITIES = new Set([
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD'],
  ...['NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
]);
const SAFE_SYSCTLS = new Set([
  ...['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies'],
  ...['net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start'],
  ...['net.ipv4.ip_local_reserved_ports', 'net.ipv4.tcp_keepalive_time'],
]);

/** What a namespace that enforces baseline would refuse. */
export function againstBaseline(pod: any): string[] {
  return [
    ...['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => pod[field] === true),
    ...(pod.volumes ?? [])
      .filter((v: any) => v.hostPath)
      .map((v: any) => `hostPath ${v.hostPath.path}`),
    ...(pod.securityContext?.sysctls ?? [])
      .filter(({ name }: any) => !SAFE_SYSCTLS.has(name))
      .map(({ name }: any) => `sysctl ${name}`),
    ...pod.containers.flatMap(({ securityContext = {} }: any) => [
      ...(securityContext.privileged ? ['privileged'] : []),
      ...(securityContext.capabilities?.add ?? [])
        .filter((one: string) => !BASELINE_CAPABILITIES.has(one))
        .map((one: string) => `capability ${one}`),
    ]),
  ];
}

/** What a namespace that enforces restricted would refuse. */
export function againstRestricted(pod: any): string[] {
  const general = pod.securityContext ?? {};
  return [
    ...againstBaseline(pod),
    ...(general.runAsNonRoot === true ? [] : ['runAsNonRoot']),
    ...(general.runAsUser === 0 ? ['runAsUser 0'] : []),
    ...(general.seccompProfile?.type === 'RuntimeDefault' ? [] : ['seccompProfile']),
    ...pod.containers.flatMap(({ securityContext = {} }: any) => [
      ...(securityContext.allowPrivilegeEscalation === false ? [] : ['allowPrivilegeEscalation']),
      ...((securityContext.capabilities?.drop ?? []).includes('ALL') ? [] : ['capabilities.drop']),
    ]),
  ];
}
