export * from './explain';
export * from './plan';
export * from './tree';
