/**
 * Sends JSON to who listens outside: a webhook, a collector.
 *
 * @module
 */
import { ProxyFailed } from '../providers/transport/web.ts'

/** Who takes longer is taken for dead. */
const TIMEOUT_MS = 5_000

/**
 * Gives what went wrong, without the address; `undefined` when it was taken. Never rejects.
 *
 * @param more - Headers beside the content type, what a redirect does, and how it leaves: past any proxy where nobody says.
 */
export async function postJson(
  url: string,
  value: unknown,
  { fetch: send = fetch, headers, ...more }: More = {},
): Promise<string | undefined> {
  const answer = send(url, {
    ...more,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  return answer.then(async reply => {
    await reply.body?.cancel()
    return reply.ok ? undefined : `it answered ${reply.status}`
  }, unreached)
}

interface More extends Pick<RequestInit, 'redirect'> {
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch?: typeof fetch
}

function unreached(error: Error): string {
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS} ms`
  if (!(error instanceof ProxyFailed)) return 'it cannot be reached'
  return `it cannot be reached; look whether the proxy that ${error.variable} names lets it through, or except it by NO_PROXY`
}
