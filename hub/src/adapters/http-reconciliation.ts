/**
 * The routes of the reconciliation service.
 *
 * @module
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Authenticator, Principal } from "../api/principal.ts";
import type { Reconciliation } from "../api/reconciliation.ts";
import type { Reader } from "../ports/search-index.ts";

export interface ReconciliationRoutes {
  readonly reconciliation: Reconciliation;
  readonly readerOf: (principal: Principal) => Reader;
}

type Asked = { readonly queries?: unknown; readonly prefix?: unknown; readonly id?: unknown };

/** The preview is shown in a frame of another origin; it has no scripts and loads nothing. */
const PREVIEW_POLICY = "default-src 'none'; frame-ancestors *";

/** Serves `/reconcile`: the manifest, query batches by GET and POST, suggestions and previews. */
export async function serveReconciliation(
  server: FastifyInstance,
  { reconciliation, readerOf }: ReconciliationRoutes,
  authenticator: Authenticator,
): Promise<void> {
  const readerFor = async ({ headers }: FastifyRequest) =>
    readerOf(await authenticator.authenticate(headers.authorization));
  await server.register(async (scope) => {
    scope.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string" },
      async (_request: FastifyRequest, body: string) =>
        Object.fromEntries(new URLSearchParams(body)),
    );

    const answer = async (request: FastifyRequest, reply: FastifyReply, asked: Asked) => {
      if (typeof asked.queries !== "string") {
        return reconciliation.manifest(`${request.protocol}://${request.host}`);
      }
      const reader = await readerFor(request);
      return reconciliation.answer(asked.queries, reader, signalOf(reply));
    };
    scope.get<{ Querystring: Asked }>("/reconcile", (request, reply) =>
      answer(request, reply, request.query),
    );
    scope.post<{ Body: Asked | null }>("/reconcile", (request, reply) =>
      answer(request, reply, request.body ?? {}),
    );
    scope.get<{ Querystring: Asked }>("/reconcile/suggest/entity", async (request, reply) =>
      reconciliation.suggestEntity(
        textOf(request.query.prefix),
        await readerFor(request),
        signalOf(reply),
      ),
    );
    scope.get<{ Querystring: Asked }>("/reconcile/suggest/property", async ({ query }) =>
      reconciliation.suggestProperty(textOf(query.prefix)),
    );
    scope.get<{ Querystring: Asked }>("/reconcile/preview", async (request, reply) => {
      const page = await reconciliation.preview(textOf(request.query.id), await readerFor(request));
      return reply
        .type("text/html; charset=utf-8")
        .header("content-security-policy", PREVIEW_POLICY)
        .removeHeader("x-frame-options")
        .send(page);
    });
  });
}

/** A parameter that was given twice is a list, and counts as none. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Aborted when the caller is gone. */
function signalOf(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  return gone.signal;
}
