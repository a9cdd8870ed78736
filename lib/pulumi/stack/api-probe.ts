import type * as pulumi from '@pulumi/pulumi';

/*
 * Runs in the process of Pulumi's dynamic provider, to which the functions of this file travel as text.
 * Nothing here may refer to another file; modules of Node are imported where they are used.
 */

/** What the probe is told. */
export interface ProbeInputs {
  /** The API server, as the kubeconfig names it. */
  readonly server: string;
  /** Certificate of the authority, in PEM. */
  readonly certificateAuthority: string;
  /** Client certificate and key in PEM, or a token. */
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly token?: string;
  /** Names of the Nodes that must be registered. */
  readonly nodes: string[];
  readonly timeoutSeconds: number;
  readonly intervalSeconds: number;
  /** What somebody should look at when time is up. */
  readonly remedy: string;
}

/** Create and update wait; a preview calls neither, and there is nothing to delete. */
export const apiProbe: pulumi.dynamic.ResourceProvider = {
  async create(inputs: ProbeInputs) {
    await waitForApi(inputs);
    return { id: inputs.server, outs: { server: inputs.server, nodes: inputs.nodes } };
  },
  async update(_id: string, _before: ProbeInputs, inputs: ProbeInputs) {
    await waitForApi(inputs);
    return { outs: { server: inputs.server, nodes: inputs.nodes } };
  },
};

async function waitForApi(inputs: ProbeInputs): Promise<void> {
  const deadline = Date.now() + inputs.timeoutSeconds * 1000;
  let said = '';
  for (;;) {
    const obstacle = await obstacleOf(inputs);
    if (obstacle === '') {
      return;
    }
    if (Date.now() >= deadline) {
      throw new Error(
        `${inputs.server} must be ready and know its Nodes within ${inputs.timeoutSeconds} seconds, got ${obstacle}; ${inputs.remedy}`,
      );
    }
    // Pulumi shows what is printed here; once for each change, not for each attempt.
    if (obstacle !== said) {
      said = obstacle;
      console.log(`waiting for ${inputs.server}: ${obstacle}`);
    }
    await new Promise((resolve) => setTimeout(resolve, inputs.intervalSeconds * 1000));
  }
}

/** What is in the way, or nothing. */
async function obstacleOf(inputs: ProbeInputs): Promise<string> {
  try {
    const ready = await get(inputs, '/readyz?verbose');
    if (ready.status !== 200) {
      const failing = ready.body.split('\n').filter((line) => line.startsWith('[-]'));
      return [`status ${ready.status} from /readyz`, ...failing].join(' ');
    }
    // Metadata is enough: a Node lists the images of its machine.
    const nodes = await get(inputs, '/api/v1/nodes');
    if (nodes.status !== 200) {
      return `status ${nodes.status} for the list of Nodes`;
    }
    const items: Array<{ metadata: { name: string } }> = JSON.parse(nodes.body).items;
    const registered = items.map((item) => item.metadata.name);
    const missing = inputs.nodes.filter((name) => !registered.includes(name));
    return missing.length === 0 ? '' : `no Node ${missing.join(', ')}`;
  } catch (error) {
    return (error as Error).message;
  }
}

async function get(inputs: ProbeInputs, path: string): Promise<{ status: number; body: string }> {
  const { request } = await import('node:https');
  const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
  return new Promise((resolve, reject) => {
    const call = request(
      inputs.server.replace(/\/$/, '') + path,
      {
        // No kept connection: behind a balancer each attempt may find another server.
        agent: false,
        ca: inputs.certificateAuthority,
        cert: inputs.clientCertificate,
        key: inputs.clientKey,
        headers: {
          accept: path.startsWith('/api') ? accept : '*/*',
          ...(inputs.token === undefined ? {} : { authorization: `Bearer ${inputs.token}` }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    // Not only idle time: an answer that trickles must not hold the probe for ever.
    const timer = setTimeout(() => call.destroy(new Error('no answer within 10 seconds')), 10_000);
    call.on('close', () => clearTimeout(timer));
    call.on('error', reject);
    call.end();
  });
}
