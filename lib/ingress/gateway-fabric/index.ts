export { gatewayFabricFlavor } from './flavor';
export {
  type GatewayFabricOptions,
  type GatewayHttpsListener,
  type GatewayService,
} from './options';
