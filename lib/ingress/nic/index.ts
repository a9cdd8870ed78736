export { nicFlavor } from './flavor';
export { type NginxIngressControllerOptions } from './options';
