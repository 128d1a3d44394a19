/**
 * A small OpenID provider: discovery, a sign-in that asks nobody, the token endpoint with PKCE and the client's secret or none,
 * keys.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";

/** How a client says who it is at the token endpoint (OpenID Connect Core 1.0, section 9). */
export type ClientAuthentication = "client_secret_basic" | "client_secret_post" | "none";

/** What a test lets the provider say. */
export interface Saying {
  /** Of whom it speaks. */
  claims: Readonly<Record<string, unknown>>;
  /** Changes the ID token that would be right. */
  change: (claims: JWTPayload) => JWTPayload;
  /** How the token is signed: by its key, by another one under the same id, by the client's secret, or not at all. */
  signature: "own" | "another's" | "secret" | "none";
  /** `error` of the answer to a sign-in; empty for a code. */
  error: string;
}

interface Code {
  readonly challenge: string;
  readonly nonce: string;
  readonly redirectUri: string;
}

interface Keys {
  readonly own: CryptoKey;
  readonly other: CryptoKey;
  readonly jwk: JWK;
}

export class OpenidTestProvider implements AsyncDisposable {
  readonly issuer: string;
  readonly client = { id: "hub", secret: "a secret of the hub with + and %" } as const;
  readonly saying: Saying = {
    claims: {},
    change: (claims) => claims,
    signature: "own",
    error: "",
  };
  /** Requests so far, by path. */
  readonly asked = new Map<string, number>();
  /** What it takes, alone; undefined is the first of them, which is announced by saying nothing. */
  authentication: ClientAuthentication | undefined;
  readonly #server: Server;
  readonly #keys: Keys;
  readonly #codes = new Map<string, Code>();

  private constructor(server: Server, host: string, keys: Keys) {
    this.#server = server;
    this.#keys = keys;
    this.issuer = `http://${host}:${(server.address() as AddressInfo).port}`;
  }

  /** @param host Under which name of this machine it is asked. */
  static async start(host = "127.0.0.1"): Promise<OpenidTestProvider> {
    const own = await generateKeyPair("ES256", { extractable: true });
    const other = await generateKeyPair("ES256");
    const jwk = { ...(await exportJWK(own.publicKey)), kid: "1", alg: "ES256", use: "sig" };
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const keys = { own: own.privateKey, other: other.privateKey, jwk };
    const provider = new OpenidTestProvider(server, host, keys);
    server.on("request", async (request, reply) => {
      const { status = 200, location, body } = await provider.#answer(request);
      reply.writeHead(status, {
        "content-type": "application/json",
        ...(location !== undefined && { location }),
      });
      reply.end(JSON.stringify(body ?? {}));
    });
    return provider;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(
    request: IncomingMessage,
  ): Promise<{ status?: number; location?: string; body?: object }> {
    const { pathname, searchParams } = new URL(request.url ?? "", this.issuer);
    this.asked.set(pathname, (this.asked.get(pathname) ?? 0) + 1);
    switch (pathname) {
      case "/.well-known/openid-configuration":
        return { body: this.#metadata() };
      case "/keys":
        return { body: { keys: [this.#keys.jwk] } };
      case "/authorize":
        return { status: 302, location: this.#authorize(searchParams) };
      case "/token":
        return this.#token(request);
      default:
        return { status: 404 };
    }
  }

  #metadata(): object {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/keys`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      // What a careless provider announces must not be enough.
      id_token_signing_alg_values_supported: ["ES256", "HS256", "none"],
      code_challenge_methods_supported: ["S256"],
      ...(this.authentication !== undefined && {
        token_endpoint_auth_methods_supported: [this.authentication],
      }),
    };
  }

  #authorize(asked: URLSearchParams): string {
    const redirectUri = asked.get("redirect_uri") ?? "";
    const back = new URL(redirectUri);
    back.searchParams.set("state", asked.get("state") ?? "");
    if (this.saying.error !== "") {
      back.searchParams.set("error", this.saying.error);
      return back.href;
    }
    const code = crypto.randomUUID();
    const challenge = asked.get("code_challenge") ?? "";
    this.#codes.set(code, { challenge, nonce: asked.get("nonce") ?? "", redirectUri });
    back.searchParams.set("code", code);
    return back.href;
  }

  async #token(request: IncomingMessage): Promise<{ status?: number; body: object }> {
    let text = "";
    for await (const chunk of request) text += chunk;
    const asked = new URLSearchParams(text);
    const { id } = this.client;
    if (!this.#isClient(request.headers.authorization, asked)) {
      return { status: 401, body: { error: "invalid_client" } };
    }
    const code = this.#codes.get(asked.get("code") ?? "");
    this.#codes.delete(asked.get("code") ?? "");
    const verifier = createHash("sha256").update(asked.get("code_verifier") ?? "");
    const isRight =
      code !== undefined &&
      code.challenge === verifier.digest("base64url") &&
      code.redirectUri === asked.get("redirect_uri");
    if (!isRight) return { status: 400, body: { error: "invalid_grant" } };
    const now = Math.floor(Date.now() / 1_000);
    const right = { iss: this.issuer, aud: id, sub: "1", iat: now, exp: now + 300 };
    const claims = this.saying.change({ ...right, nonce: code.nonce, ...this.saying.claims });
    return {
      body: { access_token: "x", token_type: "bearer", id_token: await this.#sign(claims) },
    };
  }

  /** Whether the client says who it is in the one way that is taken, and in no other one beside it. */
  #isClient(authorization: string | undefined, asked: URLSearchParams): boolean {
    const { id, secret } = this.client;
    // RFC 6749, 2.3.1: both are form-encoded first.
    const encoded = new URLSearchParams({ [id]: secret }).toString().replace("=", ":");
    const basic = `Basic ${Buffer.from(encoded).toString("base64")}`;
    const posted = asked.get("client_secret") ?? undefined;
    switch (this.authentication ?? "client_secret_basic") {
      case "client_secret_basic":
        return authorization === basic && posted === undefined;
      case "client_secret_post":
        return authorization === undefined && asked.get("client_id") === id && posted === secret;
      case "none":
        return authorization === undefined && asked.get("client_id") === id && posted === undefined;
    }
  }

  async #sign(claims: JWTPayload): Promise<string> {
    switch (this.saying.signature) {
      case "none":
        return new UnsecuredJWT(claims).encode();
      case "secret":
        return new SignJWT(claims)
          .setProtectedHeader({ alg: "HS256" })
          .sign(Buffer.from(this.client.secret.padEnd(32)));
      default: {
        const { own, other } = this.#keys;
        return new SignJWT(claims)
          .setProtectedHeader({ alg: "ES256", kid: "1" })
          .sign(this.saying.signature === "own" ? own : other);
      }
    }
  }
}
