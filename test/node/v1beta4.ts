// The fields of kubeadm.k8s.io/v1beta4, and those that we use of the kubelet's and the API server's files, written
// down by hand from the types of Kubernetes 1.36. `true` is a leaf, a list holds one kind of item.
type Shape = true | readonly [Shape] | { readonly [field: string]: Shape };

const args = [{ name: true, value: true }] as const;
const volumes = [
  { name: true, hostPath: true, mountPath: true, readOnly: true, pathType: true },
] as const;
const component = { extraArgs: args, extraVolumes: volumes, extraEnvs: [true] } as const;
const localAPIEndpoint = { advertiseAddress: true, bindPort: true } as const;
const patches = { directory: true } as const;
const timeouts = {
  controlPlaneComponentHealthCheck: true,
  kubeletHealthCheck: true,
  kubernetesAPICall: true,
  etcdAPICall: true,
  tlsBootstrap: true,
  discovery: true,
  upgradeManifests: true,
} as const;
const nodeRegistration = {
  name: true,
  criSocket: true,
  taints: [{ key: true, value: true, effect: true, timeAdded: true }],
  kubeletExtraArgs: args,
  ignorePreflightErrors: [true],
  imagePullPolicy: true,
  imagePullSerial: true,
} as const;
const etcdLocal = {
  imageRepository: true,
  imageTag: true,
  dataDir: true,
  extraArgs: args,
  extraEnvs: [true],
  serverCertSANs: [true],
  peerCertSANs: [true],
} as const;

const upgrade = {
  certificateRenewal: true,
  dryRun: true,
  etcdUpgrade: true,
  ignorePreflightErrors: [true],
  skipPhases: [true],
  patches,
  imagePullPolicy: true,
  imagePullSerial: true,
} as const;

export const shapes: Readonly<Record<string, Shape>> = {
  InitConfiguration: {
    apiVersion: true,
    kind: true,
    bootstrapTokens: [
      { token: true, description: true, ttl: true, expires: true, usages: [true], groups: [true] },
    ],
    dryRun: true,
    nodeRegistration,
    localAPIEndpoint,
    certificateKey: true,
    skipPhases: [true],
    patches,
    timeouts,
  },
  ClusterConfiguration: {
    apiVersion: true,
    kind: true,
    clusterName: true,
    kubernetesVersion: true,
    controlPlaneEndpoint: true,
    networking: { serviceSubnet: true, podSubnet: true, dnsDomain: true },
    apiServer: { ...component, certSANs: [true] },
    controllerManager: component,
    scheduler: component,
    etcd: {
      local: etcdLocal,
      external: {
        endpoints: [true],
        httpEndpoints: [true],
        caFile: true,
        certFile: true,
        keyFile: true,
      },
    },
    dns: { disabled: true, imageRepository: true, imageTag: true },
    proxy: { disabled: true },
    certificatesDir: true,
    imageRepository: true,
    featureGates: true,
    encryptionAlgorithm: true,
    certificateValidityPeriod: true,
    caCertificateValidityPeriod: true,
  },
  JoinConfiguration: {
    apiVersion: true,
    kind: true,
    dryRun: true,
    nodeRegistration,
    caCertPath: true,
    discovery: {
      bootstrapToken: {
        token: true,
        apiServerEndpoint: true,
        caCertHashes: [true],
        unsafeSkipCAVerification: true,
      },
      file: { kubeConfigPath: true },
      tlsBootstrapToken: true,
    },
    controlPlane: { localAPIEndpoint, certificateKey: true },
    skipPhases: [true],
    patches,
    timeouts,
  },
  UpgradeConfiguration: {
    apiVersion: true,
    kind: true,
    apply: {
      ...upgrade,
      kubernetesVersion: true,
      allowExperimentalUpgrades: true,
      allowRCUpgrades: true,
      forceUpgrade: true,
      printConfig: true,
    },
    diff: { kubernetesVersion: true, contextLines: true },
    node: upgrade,
    plan: {
      kubernetesVersion: true,
      allowExperimentalUpgrades: true,
      allowRCUpgrades: true,
      dryRun: true,
      etcdUpgrade: true,
      ignorePreflightErrors: [true],
      printConfig: true,
    },
    timeouts,
  },
  KubeletConfiguration: {
    apiVersion: true,
    kind: true,
    cgroupDriver: true,
    clusterDNS: [true],
    clusterDomain: true,
    containerLogMaxFiles: true,
    containerLogMaxSize: true,
    enableDebugFlagsHandler: true,
    enableProfilingHandler: true,
    evictionHard: {
      'imagefs.available': true,
      'imagefs.inodesFree': true,
      'memory.available': true,
      'nodefs.available': true,
      'nodefs.inodesFree': true,
      'pid.available': true,
    },
    featureGates: { GracefulNodeShutdownBasedOnPodPriority: true },
    kubeReserved: { cpu: true, memory: true },
    maxParallelImagePulls: true,
    podPidsLimit: true,
    protectKernelDefaults: true,
    resolvConf: true,
    seccompDefault: true,
    serializeImagePulls: true,
    serverTLSBootstrap: true,
    shutdownGracePeriod: true,
    shutdownGracePeriodCriticalPods: true,
    systemReserved: { cpu: true, memory: true },
    tlsMinVersion: true,
  },
  AuthenticationConfiguration: {
    apiVersion: true,
    kind: true,
    // No authenticator of tokens is ours.
    jwt: [{}],
    anonymous: { enabled: true, conditions: [{ path: true }] },
  },
  AdmissionConfiguration: {
    apiVersion: true,
    kind: true,
    plugins: [
      {
        name: true,
        path: true,
        configuration: {
          apiVersion: true,
          kind: true,
          defaults: {
            enforce: true,
            'enforce-version': true,
            audit: true,
            'audit-version': true,
            warn: true,
            'warn-version': true,
          },
          exemptions: { usernames: [true], runtimeClasses: [true], namespaces: [true] },
        },
      },
    ],
  },
  EncryptionConfiguration: {
    apiVersion: true,
    kind: true,
    resources: [
      {
        resources: [true],
        providers: [{ secretbox: { keys: [{ name: true, secret: true }] }, identity: {} }],
      },
    ],
  },
  Policy: {
    apiVersion: true,
    kind: true,
    omitStages: [true],
    omitManagedFields: true,
    rules: [
      {
        level: true,
        users: [true],
        userGroups: [true],
        verbs: [true],
        resources: [{ group: true, resources: [true], resourceNames: [true] }],
        namespaces: [true],
        nonResourceURLs: [true],
        omitStages: [true],
        omitManagedFields: true,
      },
    ],
  },
};

/** Fields that the API does not have, and lists or leaves where it has something else. */
export function unknownFields(document: any): string[] {
  const shape = shapes[document.kind];
  return shape === undefined
    ? [`unknown kind ${document.kind}`]
    : compare(document, shape, document.kind);
}

function compare(value: any, shape: Shape, path: string): string[] {
  if (shape === true) {
    return typeof value === 'object' ? [`${path} is no leaf`] : [];
  }
  if (Array.isArray(shape)) {
    return Array.isArray(value)
      ? value.flatMap((item) => compare(item, shape[0], path))
      : [`${path} is no list`];
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    return [`${path} is no object`];
  }
  return Object.entries(value).flatMap(([field, item]) => {
    const inner = (shape as { readonly [field: string]: Shape })[field];
    return inner === undefined
      ? [`${path}.${field} does not exist`]
      : compare(item, inner, `${path}.${field}`);
  });
}
