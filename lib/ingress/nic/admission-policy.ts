import type { Manifest } from '../../cluster';
import { admissionPolicyFor } from '../ingress-admission';
import type { Settings } from '../settings';

/** Name of the policy and of what puts it into force. */
const POLICY = 'nginx-ingress-no-injection';
/** What the annotations that the controller writes into nginx.conf begin with. */
const PREFIXES = ['nginx.org/', 'nginx.com/'];
/** Lists with semicolons between their items; the controller takes them apart. */
const LISTS = ['rewrites', 'sticky-cookie-services'];
/** What the controller writes between quotes, escaped. */
const QUOTED = ['add-header', 'proxy-set-headers'];

/** Refuses Ingresses of this class whose annotations could write directives; the API server asks nobody. */
export function renderAdmissionPolicy({ className }: Settings): Manifest[] {
  return admissionPolicyFor(className, POLICY, VALIDATIONS);
}

const OTHERS = `!(${PREFIXES.map((prefix) => `name.startsWith("${prefix}")`).join(' || ')})`;
const VALUE = 'object.metadata.annotations[name]';

function isOneOf(names: readonly string[]): string {
  const full = PREFIXES.flatMap((prefix) => names.map((name) => `"${prefix}${name}"`));
  return `name in [${full.join(', ')}]`;
}

function every(...alternatives: string[]): string {
  return `!has(object.metadata.annotations) || object.metadata.annotations.all(name, ${[OTHERS, ...alternatives].join(' || ')})`;
}

const VALIDATIONS = [
  {
    expression: every('!name.endsWith("-snippets")'),
    message:
      'snippets are refused: they are code in the edge; ask for an option of the edge instead',
  },
  {
    // Variables are written with braces.
    expression: every(
      isOneOf(QUOTED),
      `${isOneOf(LISTS)} && !${VALUE}.matches(r"[\\r\\n{}]")`,
      `${VALUE}.matches(r"^([^\\r\\n{};]|\\$\\{[A-Za-z0-9_]+\\})*$")`,
    ),
    message: `annotations of ${PREFIXES.join(' and ')} must be without line breaks, braces and semicolons; only \${variables}, lists and headers may have them`,
  },
];
