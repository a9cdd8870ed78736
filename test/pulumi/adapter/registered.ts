import * as pulumi from '@pulumi/pulumi';
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks';

/** One request as it reaches the engine. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: any;
  /** Names of what it depends on, sorted. */
  readonly after: string[];
  readonly retained?: boolean;
  readonly importId: string;
  readonly provider: string;
  readonly version: string;
  readonly parent: string;
  readonly remote: boolean;
  readonly secretOutputs: string[];
}

/**
 * Runs a program against Pulumi's mocks and returns every request, in order.
 *
 * @param requests where they are noted, also those of a program that throws
 */
export async function registered(
  program: () => pulumi.Resource,
  requests: Registered[] = [],
): Promise<Registered[]> {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs }),
    call: () => ({}),
  });
  const original = MockMonitor.prototype.registerResource;
  MockMonitor.prototype.registerResource = async function (this: MockMonitor, request, callback) {
    requests.push({
      type: request.getType(),
      name: request.getName(),
      inputs: request.getObject()?.toJavaScript(),
      after: request.getDependenciesList().map(nameIn).sort(),
      retained: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
      importId: request.getImportid(),
      provider: request.getProvider(),
      version: request.getVersion(),
      parent: nameIn(request.getParent()),
      remote: request.getRemote(),
      secretOutputs: request.getAdditionalsecretoutputsList(),
    });
    return original.call(this, request, callback);
  };
  try {
    const component = program() as pulumi.Resource & {
      resources?: Record<string, pulumi.Resource>;
    };
    await settled([component, ...Object.values(component.resources ?? {})]);
  } finally {
    MockMonitor.prototype.registerResource = original;
  }
  return requests;
}

async function settled(resources: readonly pulumi.Resource[]): Promise<void> {
  await new Promise<void>((resolve) => {
    pulumi.all(resources.map(({ urn }) => urn)).apply(() => resolve());
  });
}

/** The name at the end of a URN; it may hold `::` itself. */
function nameIn(urn: string): string {
  return urn.split('::').slice(3).join('::');
}
