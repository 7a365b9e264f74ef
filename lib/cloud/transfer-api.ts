import { Names, Token, Validations } from "aws-cdk-lib";
import {
  type CfnStage,
  HttpApi,
  type HttpMethod,
  HttpNoneAuthorizer,
  type HttpRoute,
  HttpStage,
  type IHttpRouteAuthorizer,
  type ThrottleSettings,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpIamAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { LogGroup } from "aws-cdk-lib/aws-logs";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { apiRoutes, partsOfRoute, vendorWebhookRoute } from "../../functions/contract.ts";
import { AccessLog } from "./access-log.ts";
import { type ApiFunctionProps, apiFunction, webhookFunction } from "./api-functions.ts";
import { EmptySecret } from "./empty-secret.ts";
import type { VendorWebhook } from "./props.ts";
import type { TransferFunction } from "./transfer-function.ts";

/** What the HTTP API works on. */
export interface TransferApiProps extends ApiFunctionProps {
  /** How the vendor's own webhook starts transfers; `false`: it does not. */
  readonly vendorWebhook: false | VendorWebhook;
  /** What a secret made here is encrypted with. Default: Secrets Manager's own key. */
  readonly encryptionKey?: IKey;
}

/** Requests that all callers together may send, unless configured otherwise: see `throttling` of the settings. */
const defaultThrottling = { rateLimit: 50, burstLimit: 100 };

/**
 * Requests to the public route. The vendor sends one webhook or two a project, and repeats for a day what was refused, so
 * that a peak is only spread; what others send is answered no faster than this.
 */
const publicThrottling = { rateLimit: 10, burstLimit: 20 };

/** The HTTP API: routes for callers with AWS credentials and, unless switched off, one for the vendor's signed webhooks. */
export class TransferApi extends Construct {
  /** The API. */
  readonly httpApi: HttpApi;
  /** Its one stage. */
  readonly stage: HttpStage;
  /** One JSON object a request. */
  readonly accessLog: LogGroup;
  /** The function behind the routes that are for callers with AWS credentials. */
  readonly api: TransferFunction;
  /** The function behind the public route, where there is one. */
  readonly receiveWebhook?: TransferFunction;
  /** What the vendor signs its webhooks with, where there is a public route. */
  readonly vendorWebhookSecret?: ISecret;
  /** What the vendor is given to send webhooks to, where there is a public route. */
  readonly vendorWebhookUrl?: string;

  constructor(scope: Construct, id: string, props: TransferApiProps) {
    super(scope, id);
    const { vendorWebhook, stateMachine, settings, encryptionKey } = props;
    // No CORS: a browser has no AWS credentials to sign with.
    this.httpApi = new HttpApi(this, "HttpApi", {
      apiName: Names.uniqueResourceName(this, { maxLength: 128 }),
      description: "Starts, shows and stops transfers of Magic Hour audio",
      createDefaultStage: false,
    });
    const accessLog = new AccessLog(this, "AccessLog");
    this.accessLog = accessLog.logGroup;
    const throttle = { ...defaultThrottling, ...settings.throttling };
    this.stage = new HttpStage(this, "Stage", {
      httpApi: this.httpApi,
      autoDeploy: true,
      throttle,
      accessLogSettings: accessLog.settings,
    });
    this.api = apiFunction(this, props);
    for (const route of apiRoutes) this.addRoute(route, this.api, new HttpIamAuthorizer());
    if (vendorWebhook === false) return;
    const { secret, input = {} } = vendorWebhook;
    this.vendorWebhookSecret = secret ?? (this.createSecret(encryptionKey) as ISecret);
    this.receiveWebhook = webhookFunction(this, { stateMachine, secret: this.vendorWebhookSecret, input });
    this.vendorWebhookUrl = `${this.httpApi.apiEndpoint}${partsOfRoute(vendorWebhookRoute).path}`;
    this.addPublicRoute(this.receiveWebhook, throttle);
  }

  /** What callers put before a path, such as `/transfers`: without a slash at its end. */
  get url(): string {
    return this.httpApi.apiEndpoint;
  }

  /** Lets someone call every route that is for callers with AWS credentials. */
  grantInvoke(grantee: IGrantable): Grant {
    const resourceArns = apiRoutes.map(partsOfRoute).map(({ method, path }) => {
      return this.httpApi.arnForExecuteApi(method, path.replaceAll(/\{\w+\}/g, "*"));
    });
    return Grant.addToPrincipal({ grantee, actions: ["execute-api:Invoke"], resourceArns });
  }

  private createSecret(encryptionKey?: IKey): EmptySecret {
    return new EmptySecret(this, "VendorWebhookSecret", {
      description: "What Magic Hour signs its webhooks with",
      ...(encryptionKey && { encryptionKey }),
    });
  }

  private addRoute(route: string, handler: TransferFunction, authorizer: IHttpRouteAuthorizer): HttpRoute[] {
    const { method, path } = partsOfRoute(route);
    return this.httpApi.addRoutes({
      path,
      methods: [method as HttpMethod],
      integration: new HttpLambdaIntegration(handler.node.id, handler.function),
      authorizer,
    });
  }

  private addPublicRoute(receiveWebhook: TransferFunction, all: ThrottleSettings): void {
    const stage = this.stage.node.defaultChild as CfnStage;
    for (const route of this.addRoute(vendorWebhookRoute, receiveWebhook, new HttpNoneAuthorizer())) {
      Validations.of(route).acknowledge({
        id: "AwsSolutions-APIG4",
        reason:
          "The vendor has no AWS credentials: its function checks the signature of every request before it does anything, and the route is throttled by itself.",
      });
      // API Gateway takes no settings for a route that is not there yet.
      stage.node.addDependency(route);
    }
    stage.routeSettings = {
      [vendorWebhookRoute]: {
        ThrottlingRateLimit: tighter(publicThrottling.rateLimit, all.rateLimit),
        ThrottlingBurstLimit: tighter(publicThrottling.burstLimit, all.burstLimit),
      },
    };
  }
}

/** The lower limit, as far as both are known. */
function tighter(limit: number, other = limit): number {
  return Token.isUnresolved(other) ? limit : Math.min(limit, other);
}
