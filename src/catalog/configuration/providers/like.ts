/**
 * Providers that are another account, key or region of one that the catalogue knows.
 *
 * @module
 */
import { nearest } from '../../../core/words/nearest.ts'
import type { Catalogue, KnownProvider } from '../../catalogue.ts'
import type { Problem } from '../text/problem.ts'
import { quotedName } from '../text/quoting.ts'
import { valueAt } from '../text/value-at.ts'
import { isApiKey, isOfMachine } from './provider-key.ts'
import type { ProviderSource } from './provider-source.ts'

/**
 * By which name the catalogue knows a provider: that of the one that it is like, else its own.
 *
 * @param written - The provider, which may have problems.
 */
export function vendorOf(name: string, written: unknown, catalogue: Catalogue): string {
  const like = valueAt(written, ['like'])
  return typeof like === 'string' && catalogue.provider(like) ? like : name
}

/** What keeps a provider from being like the one that it names. */
export function likeProblems({ name, shape, catalogue, problem }: ProviderSource): readonly Problem[] {
  const { like } = shape
  if (like === undefined) return []
  const known = catalogue.provider(like)
  if (!known) return [problem(['like'], unknownLike(like, catalogue))]
  if (like === name) return [problem(['like'], { message: 'a provider cannot be like itself', allowed: NAMED })]
  return lacksKey(shape, known) ? [problem(['apiKey'], { message: 'a value is missing', allowed: keysFor(known) })] : []
}

const NAMED = 'no `like` here; another account, key or region of it has a name of its own'

function unknownLike(like: string, { providerIds }: Catalogue): Omit<Problem, 'path'> {
  const suggestion = nearest(like, providerIds)
  return {
    message: 'the catalogue has no such provider',
    found: quotedName(like),
    allowed: `one of the ${providerIds.length} providers of the catalogue; those of this file alone are written out, with protocol, baseURL and models`,
    ...(suggestion === undefined ? {} : { suggestion }),
  }
}

/** Two providers that share a key without a word would share its limits, its bill and its account too. */
function lacksKey({ apiKey, baseURL }: ProviderSource['shape'], known: KnownProvider): boolean {
  if (apiKey !== undefined) return false
  return isOfMachine(known) ? baseURL === undefined : known.keyVariables.length > 0
}

function keysFor(known: KnownProvider): string {
  if (isOfMachine(known)) return 'a key of its own, or the baseURL of another region for the same credentials'
  const shared = known.keyVariables.find(isApiKey)
  const same = shared === undefined ? '' : `, or \${${shared}} to share that of ${known.id}`
  return `a key of its own, such as \${SECOND_KEY}${same}`
}
