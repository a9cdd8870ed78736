import type { IngressClass } from 'kubernetes-types/networking/v1';
import type { Settings } from '../settings';
import { CLASS_CONTROLLER } from './names';

/** The class that Ingresses name. */
export function renderIngressClass(settings: Settings): IngressClass {
  const annotations = settings.isDefaultClass
    ? { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } }
    : {};
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: settings.className, ...annotations },
    spec: { controller: CLASS_CONTROLLER },
  };
}
