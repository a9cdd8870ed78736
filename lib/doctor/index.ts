// The doctor as the command line and the report see it. What users see is in public.ts.
export * from './analysers';
export * from './arguments';
export { checks, type CheckId } from './checks';
export * from './collectors';
export * from './expectations';
export * from './protocol';
export * from './public';
export * from './run-document';
export * from './thresholds';
