import type { Manifest } from '../../cluster';
import { admissionPolicyFor } from '../ingress-admission';
import type { Settings } from '../settings';
import { ANNOTATIONS } from './names';

/** Name of the policy and of what puts it into force. */
export const POLICY = 'ingress-nginx-no-injection';

/** Refuses Ingresses of this class that carry what nginx configuration is injected with; the API server asks nobody. */
export function renderAdmissionPolicy({ className }: Settings): Manifest[] {
  return admissionPolicyFor(className, POLICY, VALIDATIONS);
}

const NO_ANNOTATIONS = '!has(object.metadata.annotations)';
const OURS = `name.startsWith("${ANNOTATIONS}")`;

const VALIDATIONS = [
  {
    expression: `${NO_ANNOTATIONS} || object.metadata.annotations.all(name, !(${OURS} && name.endsWith("-snippet")))`,
    message:
      'snippets are refused: they are code in the edge; ask for an option of the edge instead',
  },
  {
    expression: `${NO_ANNOTATIONS} || object.metadata.annotations.all(name, !${OURS} || !object.metadata.annotations[name].matches("[\\\\r\\\\n{};]"))`,
    message: `annotations of ${ANNOTATIONS} must be without line breaks, braces and semicolons`,
  },
  {
    expression:
      '!has(object.spec.rules) || object.spec.rules.all(rule, !has(rule.http) || rule.http.paths.all(item, !has(item.path) || !item.path.matches("[\\\\s{};#\\"\']")))',
    message:
      'paths must be without blanks, line breaks, braces, semicolons, quotes and #; for regular expressions with braces turn admissionPolicy of the edge off',
  },
];
