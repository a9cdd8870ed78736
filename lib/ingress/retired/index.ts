export { retiredFlavor } from './flavor';
export { type RetiredIngressNginxOptions, type RetirementAcknowledgement } from './options';
export { seedModel, type Seed2019Options } from './seed';
