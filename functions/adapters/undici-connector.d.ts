/** undici's connector alone: its types are those that undici gives it under its main entry. */
declare module "undici/lib/core/connect.js" {
  import { buildConnector } from "undici";
  export default buildConnector;
}
