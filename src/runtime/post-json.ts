/**
 * Sends JSON to who listens outside: a webhook, a collector.
 *
 * @module
 */
import { ProxyFailed } from '../providers/transport/web.ts'

const TIMEOUT_MS = 5_000

/** Whoever answers so wants no more of this, by the Standard Webhooks specification. */
export const GONE = 'it answered 410, for it is gone for good'

/**
 * Gives what went wrong, without the address; `undefined` when it was taken. Never rejects. A redirect is not followed: the address
 * that is configured was meant, and headers may hold a secret.
 *
 * @param json - As it goes out.
 * @param more - Other headers, and the `fetch` to send with: without it the global one, which uses no proxy
 */
export async function postJson(
  url: string,
  json: string,
  { fetch: send = fetch, headers }: More,
): Promise<string | undefined> {
  const answer = send(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', ...headers },
    body: json,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  return answer
    .then(async reply => {
      await reply.body?.cancel()
      if (reply.ok) return undefined
      return reply.status === 410 ? GONE : `it answered ${reply.status}`
    })
    .catch(unreached)
}

interface More {
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch?: typeof fetch
}

function unreached(error: Error): string {
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS} ms`
  if (!(error instanceof ProxyFailed)) return 'it cannot be reached'
  return `it cannot be reached; check that the proxy named by ${error.variable} lets it through, or exempt it with NO_PROXY`
}
