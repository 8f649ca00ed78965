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
      `is behind a pooler that passes no ${name} on. Take it out of DATABASE_URL and let the database have it (\`alter role … set …\`), or name it in the pooler's ignore_startup_parameters, which leaves it without effect.`,
  },
  {
    words: /not allowed in statement pooling mode/,
    kind: 'unreachable',
    remedy: () => 'is behind a pooler that allows no transactions. Set its pool_mode to transaction or session.',
  },
  {
    words: /^no more connections allowed/,
    kind: 'busy',
    remedy: () => 'is behind a pooler that has no place left. Raise its max_client_conn or end other clients.',
  },
  {
    words: /^query_wait_timeout/,
    kind: 'busy',
    remedy: () =>
      'is behind a pooler that got no connection to the server in time. Check the server, or raise the default_pool_size of the pooler.',
  },
  {
    words: /^(?:query timeout|idle transaction timeout)/,
    kind: 'busy',
    remedy: () => 'is behind a pooler that ended what took longer than its timeouts allow. Try again.',
  },
  {
    words: /^(?:no such database|database ".*" does not exist)/,
    kind: 'unreachable',
    remedy: () => 'does not exist, there or for the pooler before it. Create it, or check DATABASE_URL.',
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
