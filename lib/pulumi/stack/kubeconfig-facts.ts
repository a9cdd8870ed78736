import { RunError } from '@pulumi/pulumi';
import { parse } from 'yaml';

/** What of a kubeconfig a client without a Kubernetes library needs. */
export interface KubeconfigFacts {
  readonly server: string;
  readonly certificateAuthority: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly token?: string;
}

interface Named {
  readonly name?: string;
  readonly cluster?: Record<string, string>;
  readonly context?: { readonly cluster?: string; readonly user?: string };
  readonly user?: Record<string, string>;
}

/** The current context of a kubeconfig. Throws without a word of its content when it is not usable. */
export function kubeconfigFacts(path: string, text: string): KubeconfigFacts {
  const config = read(text);
  const pick = (list: unknown, name: unknown): Named =>
    (Array.isArray(list) ? (list as Named[]) : []).find((one) => one?.name === name) ?? {};
  const context = pick(config.contexts, config['current-context']).context;
  const cluster = pick(config.clusters, context?.cluster).cluster ?? {};
  const user = pick(config.users, context?.user).user ?? {};
  const facts = {
    server: cluster.server ?? '',
    certificateAuthority: decoded(cluster['certificate-authority-data']) ?? '',
    clientCertificate: decoded(user['client-certificate-data']),
    clientKey: decoded(user['client-key-data']),
    token: user.token,
  };
  const knows = (facts.clientCertificate && facts.clientKey) || facts.token;
  if (!facts.server.startsWith('https://') || facts.certificateAuthority === '' || !knows) {
    throw new RunError(
      `[${path}] kubeconfig must be one whose current context has an https server, certificate-authority-data, and client certificate and key or a token as data, got another; ` +
        'files and login programs of one machine are not there on the next one: make a kubeconfig with everything in it',
    );
  }
  return facts;
}

function read(text: string): Record<string, unknown> {
  try {
    return (parse(text) as Record<string, unknown>) ?? {};
  } catch {
    // What a parser says quotes the text, and the text is secret.
    return {};
  }
}

function decoded(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('utf8');
}
