/**
 * Where secrets belong in a configuration: what stands there is in no message, no record and no output.
 *
 * @module
 */
import type { Path } from '../text/problem.ts'

/** Where a secret may stand, for people who put one elsewhere. */
export const PRIVATE_PLACES =
  'secrets in apiKey, headers and baseURL of a provider, and in webhook and secret of alerts, budgets and notices'

const OF_PROVIDERS = new Set(['apiKey', 'headers', 'baseURL'])
const OF_WEBHOOKS = new Set(['webhook', 'secret'])

export function isPrivate([section, name, field]: Path): boolean {
  if (section === 'alerts') return OF_WEBHOOKS.has(String(name))
  if (section === 'budgets' || section === 'notices') return OF_WEBHOOKS.has(String(field))
  return section === 'providers' && OF_PROVIDERS.has(String(field))
}

/** What stands there as it is written is a secret as a whole; an address holds one perhaps. */
export function isKeyPlace(path: Path): boolean {
  if (path[0] !== 'providers') return path.at(-1) === 'secret'
  return path[2] === 'apiKey' || (path[2] === 'headers' && /auth|key|token|secret|cookie/i.test(String(path[3])))
}
