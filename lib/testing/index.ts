export * from './leaks';
