/**
 * Sends JSON to who listens outside: a webhook, a collector.
 *
 * @module
 */

/** Who takes longer is taken for dead. */
const TIMEOUT_MS = 5_000

/**
 * Gives what went wrong, without the address; `undefined` when it was taken. Never rejects.
 *
 * @param more - Headers beside the content type, and what a redirect does.
 */
export async function postJson(
  url: string,
  value: unknown,
  more: Pick<RequestInit, 'redirect'> & { readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<string | undefined> {
  const answer = fetch(url, {
    ...more,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...more.headers },
    body: JSON.stringify(value),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  return answer.then(
    async reply => {
      await reply.body?.cancel()
      return reply.ok ? undefined : `it answered ${reply.status}`
    },
    (error: Error) => (error.name === 'TimeoutError' ? `no answer within ${TIMEOUT_MS} ms` : 'it cannot be reached'),
  )
}
