/**
 * What PgBouncer says. Before its version 1.20 it calls everything a protocol violation, so that only its words tell.
 *
 * @module
 */
import type { StoreProblem } from '../store-problem.ts'

export const PROTOCOL_VIOLATION = '08P01'

interface Told {
  readonly words: RegExp
  readonly kind: StoreProblem['kind']
  /** May name what the words have named. */
  readonly remedy: (named: string) => string
}

const TOLD: readonly Told[] = [
  {
    words: /^unsupported startup parameter(?: in options)?: (\w+)/,
    kind: 'unreachable',
    remedy: name =>
      `is behind a pooler that does not pass on ${name}. Remove it from DATABASE_URL and set it in the database (\`alter role … set …\`), or add it to the pooler's ignore_startup_parameters, which leaves it without effect.`,
  },
  {
    words: /not allowed in statement pooling mode/,
    kind: 'unreachable',
    remedy: () => 'is behind a pooler that does not allow transactions. Set its pool_mode to transaction or session.',
  },
  {
    words: /^no more connections allowed/,
    kind: 'busy',
    remedy: () =>
      'is behind a pooler that has no client connection left. Raise its max_client_conn or end other clients.',
  },
  {
    words: /^query_wait_timeout/,
    kind: 'busy',
    remedy: () =>
      'is behind a pooler that did not get a server connection in time. Check the server, or raise the default_pool_size of the pooler.',
  },
  {
    words: /^(?:query timeout|idle transaction timeout)/,
    kind: 'busy',
    remedy: () => 'is behind a pooler that cut off a query or transaction at one of its timeouts. Try again.',
  },
  {
    words: /^(?:no such database|database ".*" does not exist)/,
    kind: 'unreachable',
    remedy: () =>
      'does not exist at the server, or in the configuration of the pooler in front of it. Create it, or check DATABASE_URL.',
  },
  {
    words: /^no such user|authentication failed/,
    kind: 'unreachable',
    remedy: () => 'is behind a pooler that refused the user or the password. Check DATABASE_URL.',
  },
]

/** `undefined` for anything else that a connection ends with. */
export function poolerRemedy(message: string): { kind: StoreProblem['kind']; remedy: string } | undefined {
  for (const { words, kind, remedy } of TOLD) {
    const found = words.exec(message)
    if (found) return { kind, remedy: remedy(found[1] ?? '') }
  }
  return undefined
}
