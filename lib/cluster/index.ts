// The spine as the other rooms see it.
export * from './public';
export * from './api-endpoint';
export { type EndpointBgp } from './api-endpoint-problems';
export * from './api-servers';
export * from './cidr';
export * from './conntrack';
export * from './finding-line';
export * from './image-reference';
export * from './manifest';
export * from './names';
export * from './overhead';
export * from './phase-of';
export { readPortKey, type Opening } from './port-key';
export * from './problem';
export * from './rules';
export * from './summaries';
export * from './tuning';
export * from './wait';
