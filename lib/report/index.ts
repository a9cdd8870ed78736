export * from './plan';
export * from './report';
export * from './tree';
