/** The steps of the runbook in the report; each is the anchor of its heading there. */
export enum RunbookStep {
  /** Which packets get lost, and between which two places. */
  CAPTURE = 'runbook-capture',
  /** Connections that fail now and then: the connection table. */
  CONNTRACK = 'runbook-conntrack',
  /** Large transfers hang, small ones pass. */
  MTU = 'runbook-mtu',
  /** Names resolve slowly, or not at all. */
  DNS = 'runbook-dns',
  /** A Service does not answer: what the service proxy wrote. */
  SERVICES = 'runbook-services',
  /** Pods do not reach each other: what the network plugin says. */
  NETWORK = 'runbook-network',
  /** Slow under load: CPU that the host takes away, and one CPU that does all packets. */
  CPU = 'runbook-cpu',
  /** Slow disk of etcd, and everything else about its members. */
  ETCD = 'runbook-etcd',
  /** A machine does not become a node. */
  BOOTSTRAP = 'runbook-bootstrap',
  /** The API does not answer. */
  API = 'runbook-api',
  /** Clients do not reach the edge. */
  EDGE = 'runbook-edge',
}
