import { GROUP, NAMESPACE, WEBHOOK_SERVICE } from './names';
import {
  closed,
  conditions,
  flag,
  open,
  orElse,
  selectors,
  text,
  texts,
  whole,
  type Schema,
} from './schemas';
import type { Manifest } from '../../cluster';

interface Version {
  readonly name: string;
  readonly spec?: Schema;
  readonly status?: Schema;
  readonly storage: boolean;
  readonly columns?: ReadonlyArray<{ name: string; jsonPath: string; type: string }>;
}

const AS_NUMBER = whole(0, 2 ** 32 - 1, 'int64');
const column = (name: string, jsonPath: string, type = 'string') => ({ name, jsonPath, type });

/**
 * The kinds of MetalLB. It starts only when all of them are served, those that the spec does not use
 * included: typed where we write, open elsewhere.
 *
 * @param webhook whether the controller translates between the two versions of BGPPeer
 */
export function definitions(webhook: boolean): Manifest[] {
  return [
    definition('IPAddressPool', [
      stored(
        open(
          {
            addresses: texts,
            autoAssign: orElse(flag, true),
            avoidBuggyIPs: orElse(flag, false),
            serviceAllocation: closed({
              namespaceSelectors: selectors,
              namespaces: texts,
              priority: whole(),
              serviceSelectors: selectors,
            }),
          },
          ['addresses'],
        ),
        [
          column('Auto Assign', '.spec.autoAssign', 'boolean'),
          column('Addresses', '.spec.addresses'),
        ],
      ),
    ]),
    definition('L2Advertisement', [
      stored(open({ interfaces: texts, ipAddressPools: texts, nodeSelectors: selectors }), [
        column('Pools', '.spec.ipAddressPools'),
        column('Interfaces', '.spec.interfaces'),
      ]),
    ]),
    definition('BGPAdvertisement', [
      stored(
        open({
          aggregationLength: orElse(whole(1, undefined, 'int32'), 32),
          communities: texts,
          ipAddressPools: texts,
          localPref: whole(undefined, undefined, 'int32'),
          nodeSelectors: selectors,
          peers: texts,
        }),
        [column('Pools', '.spec.ipAddressPools'), column('Peers', '.spec.peers')],
      ),
    ]),
    definition(
      'BGPPeer',
      [
        { name: 'v1beta1', spec: open(), storage: false },
        {
          ...stored(
            open(
              {
                holdTime: text,
                myASN: AS_NUMBER,
                nodeSelectors: selectors,
                passwordSecret: {
                  ...closed({ name: text, namespace: text }),
                  'x-kubernetes-map-type': 'atomic',
                },
                peerASN: AS_NUMBER,
                peerAddress: text,
                peerPort: orElse(whole(1, 16384), 179),
              },
              ['myASN'],
            ),
            [column('Address', '.spec.peerAddress'), column('ASN', '.spec.peerASN')],
          ),
          name: 'v1beta2',
        },
      ],
      webhook ? conversion() : {},
    ),
    definition('BFDProfile', [stored(open())]),
    definition('Community', [stored(open())]),
    definition('ConfigurationState', [
      {
        ...stored(undefined, [
          column('Result', '.status.result'),
          column('Error', '.status.errorSummary'),
        ]),
        status: open({ conditions, errorSummary: text, result: text }),
      },
    ]),
    definition('ServiceBGPStatus', [stored(open(), announced('Announcing Node'))]),
    definition('ServiceL2Status', [stored(open(), announced('Announcing Node'))]),
  ];
}

function stored(spec: Schema | undefined, columns?: Version['columns']): Version {
  return { name: 'v1beta1', spec, storage: true, columns };
}

function announced(node: string) {
  return [
    column(node, '.status.node'),
    column('Service', '.status.serviceName'),
    column('Namespace', '.status.serviceNamespace'),
  ];
}

function definition(kind: string, versions: readonly Version[], more: object = {}): Manifest {
  const singular = kind.toLowerCase();
  const plural = pluralOf(singular);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      names: { kind, listKind: `${kind}List`, plural, singular },
      scope: 'Namespaced',
      ...more,
      versions: versions.map(({ name, spec, status, storage, columns }) => ({
        name,
        served: true,
        storage,
        subresources: { status: {} },
        ...(columns === undefined ? {} : { additionalPrinterColumns: [...columns] }),
        schema: {
          openAPIV3Schema: closed(
            {
              apiVersion: text,
              kind: text,
              metadata: { type: 'object' },
              ...(spec === undefined ? {} : { spec }),
              status: status ?? open(),
            },
            kind === 'IPAddressPool' ? ['spec'] : undefined,
          ),
        },
      })),
    },
  } as Manifest;
}

function pluralOf(singular: string): string {
  const special: Record<string, string> = { community: 'communities' };
  return special[singular] ?? `${singular}${singular.endsWith('s') ? 'es' : 's'}`;
}

/** Without the webhook the API server changes the name of the version only, and everybody writes v1beta2. */
function conversion() {
  return {
    conversion: {
      strategy: 'Webhook',
      webhook: {
        conversionReviewVersions: ['v1beta1', 'v1beta2'],
        clientConfig: {
          service: { namespace: NAMESPACE, name: WEBHOOK_SERVICE, path: '/convert' },
        },
      },
    },
  };
}
