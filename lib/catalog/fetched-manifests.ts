import { nginxGatewayFabric } from './components';

/** A file of definitions that upstream publishes and that the package does not carry. */
export interface PublishedManifest {
  /** For people. */
  readonly label: string;
  /** Name under which a copy on disk is looked for. */
  readonly file: string;
  /** Where upstream publishes it. */
  readonly url: string;
  /** Of the file. */
  readonly sha256: string;
  /** The definitions in it. */
  readonly definitions: readonly string[];
  /** How the checksum was taken. */
  readonly source: string;
  /** The ISO day on which it was taken. */
  readonly date: string;
}

const TAKEN = '2026-11-27';

/** The Gateway API, standard channel: what NGINX Gateway Fabric is built against. */
export const gatewayApiManifest: PublishedManifest = {
  label: `Gateway API ${nginxGatewayFabric.gatewayApi.value}, standard channel`,
  file: `gateway-api-${nginxGatewayFabric.gatewayApi.value}-standard-install.yaml`,
  url: `https://github.com/kubernetes-sigs/gateway-api/releases/download/v${nginxGatewayFabric.gatewayApi.value}/standard-install.yaml`,
  sha256: '751002b3b91a87f7ae3bd2517c79a47a8d7ed6702901808a1cf9bd97d284f9b8',
  definitions: [
    'backendtlspolicies',
    'gatewayclasses',
    'gateways',
    'grpcroutes',
    'httproutes',
    'listenersets',
    'referencegrants',
    'tlsroutes',
  ].map((name) => `${name}.gateway.networking.k8s.io`),
  source:
    'the steps of hack/build-install-yaml.sh repeated on the files of tag v1.5.1 (1,024,333 bytes); several public repositories state the same checksum of the release file',
  date: TAKEN,
};

/** The definitions of NGINX Gateway Fabric's own kinds. */
export const gatewayFabricManifest: PublishedManifest = {
  label: `definitions of NGINX Gateway Fabric ${nginxGatewayFabric.version.value}`,
  file: `nginx-gateway-fabric-${nginxGatewayFabric.version.value}-crds.yaml`,
  url: `https://raw.githubusercontent.com/nginx/nginx-gateway-fabric/v${nginxGatewayFabric.version.value}/deploy/crds.yaml`,
  sha256: '942d031b4f5d0cd57194c8d0d6e7a09bddf4ced3e59609dd390db013434ec8fa',
  definitions: [
    'authenticationfilters',
    'clientsettingspolicies',
    'nginxgateways',
    'nginxproxies',
    'observabilitypolicies',
    'proxysettingspolicies',
    'ratelimitpolicies',
    'snippetsfilters',
    'snippetspolicies',
    'upstreamsettingspolicies',
    'wafpolicies',
  ].map((name) => `${name}.gateway.nginx.org`),
  source: 'deploy/crds.yaml in the tree of tag v2.6.7 (909,895 bytes), which this address serves',
  date: TAKEN,
};
