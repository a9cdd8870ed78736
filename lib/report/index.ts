export * from './changes';
export * from './measured';
export * from './plan';
export * from './report';
export * from './tree';
