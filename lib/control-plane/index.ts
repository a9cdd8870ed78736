export * from './groundwork-app';
export * from './nvme-control-plane';
